"""The actions of tracks from the Parquet that `label` and `track --parquet` write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.labelling.layout import OutputLayout
from mot_platform.schema import TRACKS_SCHEMA, VIDEOS_SCHEMA

_COLUMNS = ("video", "frame_index", "time_s", "track_id", "x1", "y1", "x2", "y2", "score", "actions")

_VIDEO_COLUMNS = ("video", "width", "height", "status", "error_stage", "error")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackActions:
    """Boxes of tracks with the actions of each, as columns."""

    path: Path
    """Where they come from, for messages."""
    videos: tuple[str, ...]
    video: Array
    """int64 `(R,)`, index into `videos`."""
    frame_index: Array
    """int64 `(R,)`, from 0."""
    time_s: Array
    """float64 `(R,)`."""
    track_id: Array
    """int64 `(R,)`."""
    xyxy: Array
    """float64 `(R, 4)`, pixels."""
    score: Array
    """float64 `(R,)`, of the box."""
    actions: pa.ListArray
    """`(R,)`, a list of `schema.ACTION_TYPE` for each box."""
    size_wh: dict[str, tuple[int, int]]
    """Width and height of the videos for which they are known, by name."""
    without_tracks: dict[str, str | None]
    """Videos that `label` lists of which there is no row: why they could not be labelled, None where nobody
    was found in them."""

    def exploded(self, row: Array) -> tuple[Array, Array, Array]:
        """Return each action of the boxes `row` `(N,)`: its place in `row`, action id and score."""
        lists = self.actions.take(pa.array(row))
        actions = lists.flatten()
        return (
            pc.list_parent_indices(lists).to_numpy(zero_copy_only=False),
            actions.field("action_id").to_numpy(zero_copy_only=False).astype(np.int64),
            actions.field("score").to_numpy(zero_copy_only=False).astype(np.float64),
        )

    def action_names(self) -> dict[int, str]:
        """Return the name of each action that occurs."""
        named = pa.table(self.actions.flatten().flatten(), ["id", "name", "score"])
        pairs = named.group_by(["id", "name"]).aggregate([]).sort_by("id")
        return dict(zip(pairs["id"].to_pylist(), pairs["name"].to_pylist(), strict=True))


def is_parquet(path: Path) -> bool:
    """Return whether `read_track_actions` should read `path`."""
    return path.suffix == ".parquet" or (path.is_dir() and bool(_files(path)))


def read_track_actions(path: Path) -> TrackActions:
    """Return the tracks of a Parquet file, of a folder of them, or of an output folder of `label`.

    Raises:
        InputError: if it can't be read, lacks a column or has a value that is missing or not finite.
    """
    files = [path] if path.is_file() else _files(path)
    if not files:
        raise InputError(f"{path}: no Parquet files of tracks in it")
    table = _read(files, TRACKS_SCHEMA, _COLUMNS)
    numbers = {name: table[name].to_numpy() for name in _COLUMNS[1:-1]}
    for name, column in numbers.items():
        if table[name].null_count or not np.isfinite(column).all():
            raise InputError(f"{path}: {name} is missing or not finite in some row")
    if table["video"].null_count or table["actions"].null_count:
        raise InputError(f"{path}: video or actions is missing in some row")
    names = pc.dictionary_encode(table["video"]).combine_chunks()
    videos = tuple(names.dictionary.to_pylist()) if len(table) else ()
    listed = _listed_videos(files[0].parent)
    return TrackActions(
        path=path,
        videos=videos,
        video=names.indices.to_numpy(zero_copy_only=False).astype(np.int64),
        frame_index=numbers["frame_index"].astype(np.int64),
        time_s=numbers["time_s"],
        track_id=numbers["track_id"].astype(np.int64),
        xyxy=np.stack([numbers[name] for name in ("x1", "y1", "x2", "y2")], axis=1).astype(np.float64),
        score=numbers["score"].astype(np.float64),
        actions=table["actions"].combine_chunks(),
        size_wh={
            row["video"]: (row["width"], row["height"]) for row in listed if row["width"] and row["height"]
        },
        without_tracks={
            row["video"]: f"{row['error_stage']}: {row['error']}" if row["status"] == "dead" else None
            for row in listed
            if row["video"] not in videos
        },
    )


def _files(path: Path) -> list[Path]:
    """Return the Parquet files of tracks in a folder."""
    tracks = OutputLayout(path).tracks
    return sorted((tracks if tracks.is_dir() else path).glob("*.parquet"))


def _listed_videos(tracks: Path) -> list[dict[str, Any]]:
    """Return what an output folder of `label` says of its videos, given its folder of tracks."""
    layout = OutputLayout(tracks.parent)
    files = sorted(layout.videos.glob("*.parquet")) if tracks == layout.tracks else []
    return _read(files, VIDEOS_SCHEMA, _VIDEO_COLUMNS).to_pylist() if files else []


def _read(files: list[Path], schema: pa.Schema, names: tuple[str, ...]) -> pa.Table:
    """Return columns of files of one schema."""
    try:
        for file in files:
            if missing := set(names) - set(pq.read_schema(file).names):
                raise InputError(
                    f"{file}: no column {', '.join(sorted(missing))}; not written by label or track"
                )
        return ds.dataset(files, schema=schema, format="parquet").to_table(columns=list(names))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError) as error:
        raise InputError(f"{files[0]}: not a readable Parquet file of tracks: {error}") from error
