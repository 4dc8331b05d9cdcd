"""A source as the tables of the index, and back."""

# R boxes, T frames, A actions

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mot_model.structures import Array
from mot_platform.datasets.index_schema import BOXES, FRAMES, SPLITS, VIDEOS
from mot_platform.datasets.source import BoxLabels, Source, SourceVideo, SplitRange
from mot_platform.video.index import VideoIndex

_FACTS = ("codec", "rotation", "duration_s", "frame_rate_hz", "seekable", "not_seekable_reason")
"""Facts that are a column of the same name."""


def tables_of(source: Source) -> dict[str, pa.Table]:
    """Return the rows of `source` for each of `index_schema.TABLES`, by video and frame.

    The column `uri` holds what `SourceVideo.uri` does.
    """
    return {
        "videos": pa.Table.from_pylist([_video_row(source.name, v) for v in source.videos], schema=VIDEOS),
        "frames": _concatenated((_frames(source.name, video) for video in source.videos), FRAMES),
        "boxes": _concatenated((_boxes(source, video) for video in source.videos), BOXES),
        "splits": pa.Table.from_pylist(
            [
                {
                    "source": source.name,
                    "video": video.name,
                    "split": part.split,
                    "start_frame": part.start_frame,
                    "stop_frame": part.stop_frame,
                }
                for video in source.videos
                for part in video.splits
            ],
            schema=SPLITS,
        ),
    }


def videos_from(
    tables: Mapping[str, pa.Table], class_names: Sequence[str], action_names: Sequence[str]
) -> tuple[SourceVideo, ...]:
    """Return the videos that `tables_of` has written."""
    rows = tables["videos"].to_pylist()
    frame_bounds = np.cumsum([0, *(row["num_frames"] for row in rows)])
    box_bounds = np.cumsum([0, *(row["num_boxes"] for row in rows)])
    frames = {name: tables["frames"][name].to_numpy() for name in ("time_s", "keyframe", "labelled")}
    frames["pts"] = pc.fill_null(tables["frames"]["pts"], 0).to_numpy()
    boxes = _label_columns(tables["boxes"], class_names, action_names)
    splits: dict[str, list[SplitRange]] = {}
    for part in tables["splits"].to_pylist():
        splits.setdefault(part["video"], []).append(
            SplitRange(split=part["split"], start_frame=part["start_frame"], stop_frame=part["stop_frame"])
        )
    videos = []
    for number, row in enumerate(rows):
        own_frames = slice(frame_bounds[number], frame_bounds[number + 1])
        own_boxes = slice(box_bounds[number], box_bounds[number + 1])
        videos.append(
            SourceVideo(
                name=row["video"],
                uri=row["uri"],
                status=row["status"],
                error=row["error"],
                size_bytes=row["size_bytes"],
                facts=_facts(row, frames["pts"][own_frames], frames["keyframe"][own_frames]),
                frame_times_s=frames["time_s"][own_frames],
                labelled_frames=np.flatnonzero(frames["labelled"][own_frames]),
                boxes=BoxLabels(**{name: column[own_boxes] for name, column in boxes.items()}),
                box_unit=row["box_unit"],
                splits=tuple(splits.get(row["video"], ())),
            )
        )
    return tuple(videos)


def _concatenated(parts: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *parts]).combine_chunks()


def _video_row(source: str, video: SourceVideo) -> dict[str, Any]:
    row: dict[str, Any] = {
        "source": source,
        "video": video.name,
        "uri": video.uri,
        "status": video.status,
        "error": video.error,
        "size_bytes": video.size_bytes,
        "box_unit": video.box_unit,
        "num_frames": video.num_frames,
        "num_boxes": len(video.boxes),
    }
    if video.facts is not None:
        row |= {name: getattr(video.facts, name) for name in _FACTS}
        row |= {"width": video.facts.width_px, "height": video.facts.height_px}
        row["time_base_numerator"] = video.facts.time_base.numerator
        row["time_base_denominator"] = video.facts.time_base.denominator
    return row


def _facts(row: dict[str, Any], pts: Array, is_keyframe: Array) -> VideoIndex | None:
    if row["codec"] is None:
        return None
    return VideoIndex(
        uri=row["uri"],
        width_px=row["width"],
        height_px=row["height"],
        time_base=Fraction(row["time_base_numerator"], row["time_base_denominator"]),
        num_frames=len(pts),
        pts=pts,
        keyframe_pts=pts[is_keyframe],
        **{name: row[name] for name in _FACTS},
    )


def _frames(source: str, video: SourceVideo) -> pa.Table:
    num_frames, facts = video.num_frames, video.facts
    labelled = np.zeros(num_frames, bool)
    labelled[video.labelled_frames] = True
    columns = {
        "source": pa.repeat(source, num_frames),
        "video": pa.repeat(video.name, num_frames),
        "frame_index": np.arange(num_frames, dtype=np.int32),
        "time_s": video.frame_times_s,
        "pts": pa.nulls(num_frames, pa.int64()) if facts is None else facts.pts,
        "keyframe": np.zeros(num_frames, bool) if facts is None else np.isin(facts.pts, facts.keyframe_pts),
        "labelled": labelled,
    }
    return pa.table([columns[name] for name in FRAMES.names], schema=FRAMES)


def _boxes(source: Source, video: SourceVideo) -> pa.Table:
    boxes = video.boxes
    classes = np.array([*source.class_names, None], dtype=object)
    columns = {
        "source": pa.repeat(source.name, len(boxes)),
        "video": pa.repeat(video.name, len(boxes)),
        "frame_index": boxes.frame_index.astype(np.int32),
        "time_s": video.frame_times_s[boxes.frame_index],
        "track_id": pa.array(boxes.track_id, mask=boxes.track_id < 0),
        "class_name": pa.array(classes[boxes.class_id], pa.string()),
        **{name: boxes.xyxy[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))},
        "visibility": boxes.visibility,
        "ignored": boxes.ignored,
        "actions": _action_lists(boxes, source.action_names),
    }
    return pa.table([columns[name] for name in BOXES.names], schema=BOXES)


def _action_lists(boxes: BoxLabels, names: Sequence[str]) -> pa.ListArray:
    """Return the names of the actions of each box, null where they are not labelled."""
    labelled = boxes.action & boxes.has_action[:, None]
    offsets = np.concatenate([[0], labelled.sum(axis=1).cumsum()]).astype(np.int32)
    values = np.array([*names, None], dtype=object)[np.nonzero(labelled)[1]]
    return pa.ListArray.from_arrays(
        pa.array(offsets),
        pa.array(values, pa.string()),
        type=BOXES.field("actions").type,
        mask=pa.array(~boxes.has_action),
    )


def _label_columns(
    table: pa.Table, class_names: Sequence[str], action_names: Sequence[str]
) -> dict[str, Array]:
    """Return the columns of `BoxLabels` for the boxes of all videos."""
    lists = table["actions"].combine_chunks()
    action = np.zeros((len(table), len(action_names)), bool)
    row = np.repeat(np.arange(len(table)), pc.fill_null(pc.list_value_length(lists), 0).to_numpy())
    action[row, _positions(lists.flatten(), action_names)] = True
    return {
        "frame_index": table["frame_index"].to_numpy().astype(np.int64),
        "track_id": pc.fill_null(table["track_id"], -1).to_numpy(),
        "class_id": _positions(table["class_name"], class_names),
        "xyxy": np.stack([table[name].to_numpy() for name in ("x1", "y1", "x2", "y2")], axis=1),
        "visibility": table["visibility"].to_numpy(),
        "ignored": table["ignored"].to_numpy(),
        "action": action,
        "has_action": pc.is_valid(table["actions"]).to_numpy(),
    }


def _positions(words: pa.Array | pa.ChunkedArray, vocabulary: Sequence[str]) -> Array:
    """Return the position of each word in `vocabulary`, int64."""
    found = pc.index_in(words, pa.array(vocabulary, pa.string()))
    positions: Array = np.asarray(found, dtype=np.int64)
    return positions
