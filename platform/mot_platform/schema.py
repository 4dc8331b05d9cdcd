"""The Parquet contract of labelled videos: the schemas of `tracks` and `videos`, and rows in that form.

Columns are only ever added; `SCHEMA_VERSION` goes up when one is, and is written into every file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mot_model.structures import Array, Tracks

if TYPE_CHECKING:  # it needs torch, and the gate of the endpoint starts without
    from mot_model.engine import Engine
    from mot_model.network import NetworkConfig

SCHEMA_VERSION = 1

_METADATA = {b"mot_action.schema_version": str(SCHEMA_VERSION).encode()}

ACTION_TYPE = pa.struct([("action_id", pa.int16()), ("name", pa.string()), ("score", pa.float32())])

ACTIONS_TYPE = pa.list_(pa.field("element", ACTION_TYPE))  # the name that Parquet gives it

TRACKS_SCHEMA = pa.schema(
    [
        ("video", pa.string()),
        ("frame_index", pa.int32()),
        ("time_s", pa.float64()),
        ("track_id", pa.int32()),
        ("class_id", pa.int16()),
        ("class_name", pa.string()),
        ("x1", pa.float32()),
        ("y1", pa.float32()),
        ("x2", pa.float32()),
        ("y2", pa.float32()),
        ("score", pa.float32()),
        ("actions", ACTIONS_TYPE),
        ("unit_id", pa.string()),
    ],
    metadata=_METADATA,
)

VIDEOS_SCHEMA = pa.schema(
    [
        ("video", pa.string()),
        ("uri", pa.string()),
        ("size_bytes", pa.int64()),
        ("content_digest", pa.string()),
        ("status", pa.string()),
        ("error_stage", pa.string()),
        ("error_type", pa.string()),
        ("error", pa.string()),
        ("retriable", pa.bool_()),
        ("attempts", pa.int32()),
        ("frames", pa.int64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("duration_s", pa.float64()),
        ("codec", pa.string()),
        ("rotation", pa.int16()),
        ("num_tracks", pa.int64()),
        ("num_rows", pa.int64()),
        ("model_uri", pa.string()),
        ("model_digest", pa.string()),
        ("config_digest", pa.string()),
        ("code_version", pa.string()),
        ("mlflow_run_id", pa.string()),
        ("labelled_at", pa.timestamp("us", tz="UTC")),
        ("cpu_seconds", pa.float64()),
        ("wall_seconds", pa.float64()),
    ],
    metadata=_METADATA,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """The words for the numbers in `Tracks`."""

    class_names: tuple[str, ...]
    """Name of each `class_id`, from 0."""
    action_ids: tuple[int, ...]
    """Id of each action column."""
    action_names: tuple[str, ...]
    """Name of each action column."""

    @classmethod
    def of(cls, model: Engine | NetworkConfig) -> Vocabulary:
        """Return the words of a model."""
        return cls(
            class_names=model.class_names, action_ids=model.action_ids, action_names=model.action_names
        )

    def names_of_classes(self, class_id: Array) -> Array:
        """Return the name of each class, None for one without a name."""
        names = np.array([*self.class_names, None], dtype=object)
        unnamed = (class_id < 0) | (class_id >= len(self.class_names))
        return names[np.where(unnamed, -1, class_id)]


def tracks_table(
    tracks: Tracks, *, video: str, unit_id: str, vocabulary: Vocabulary, min_action_score: float
) -> pa.Table:
    """Return `tracks` as a table of `TRACKS_SCHEMA`, sorted by frame and track.

    Args:
        tracks: Rows of one video.
        video: Name of the video.
        unit_id: The unit of work that made the rows.
        vocabulary: Names of classes and actions.
        min_action_score: Actions below this score are left out, range [0, 1].
    """
    rows = tracks[np.lexsort((tracks.track_id, tracks.frame_index))]
    columns = {
        "video": pa.repeat(pa.scalar(video, pa.string()), len(rows)),
        "frame_index": rows.frame_index,
        "time_s": rows.time_s,
        "track_id": rows.track_id,
        "class_id": rows.class_id,
        "class_name": pa.array(vocabulary.names_of_classes(rows.class_id), pa.string()),
        **{name: rows.xyxy[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))},
        "score": rows.score,
        "actions": _action_column(rows.action_score, vocabulary, min_score=min_action_score),
        "unit_id": pa.repeat(pa.scalar(unit_id, pa.string()), len(rows)),
    }
    return pa.table([columns[field.name] for field in TRACKS_SCHEMA], schema=TRACKS_SCHEMA)


def videos_table(rows: Sequence[dict[str, object]]) -> pa.Table:
    """Return `rows` as a table of `VIDEOS_SCHEMA`; columns a row lacks are null.

    Raises:
        ValueError: if a row has a column that the schema lacks.
    """
    for row in rows:
        if unknown := set(row) - set(VIDEOS_SCHEMA.names):
            raise ValueError(f"columns {sorted(unknown)} are not in the schema of videos")
    return pa.Table.from_pylist(list(rows), schema=VIDEOS_SCHEMA)


def _action_column(action_score: Array, vocabulary: Vocabulary, *, min_score: float) -> pa.ListArray:
    """Return per row the actions of at least `min_score`, best first, equal scores in vocabulary order."""
    order = np.argsort(-action_score, axis=1, kind="stable")
    ranked = np.take_along_axis(action_score, order, axis=1)
    kept = ranked >= min_score
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    columns = order[kept]
    actions = pa.StructArray.from_arrays(
        [
            pa.array(np.asarray(vocabulary.action_ids, np.int16)[columns]),
            pa.array(np.asarray(vocabulary.action_names, dtype=object)[columns], pa.string()),
            pa.array(ranked[kept]),
        ],
        fields=list(ACTION_TYPE),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), actions, type=ACTIONS_TYPE)
