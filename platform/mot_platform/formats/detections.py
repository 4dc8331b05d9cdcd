"""Detections from files: MOTChallenge text, or Parquet with one row per box, both as the same columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.detection_rows import MAX_CLASS_ID, MAX_FRAME_INDEX, DetectionRows, sorted_rows
from mot_platform.formats.motchallenge import read_mot
from mot_platform.formats.parquet_detections import read_table, rows_by_video, rows_of_table, videos_in
from mot_platform.formats.row_errors import line_of_row

DetectionReader = Callable[[], DetectionRows]


def is_parquet(path: Path) -> bool:
    """Return whether `path` is named as a Parquet file."""
    return path.suffix.lower() == ".parquet"


def sequence_names(path: Path, name: str) -> list[str]:
    """Return the names of the sequences in a file of detections; one that the file does not name is `name`.

    Raises:
        InputError: if a Parquet file can't be read.
    """
    videos = videos_in(path) if is_parquet(path) else None
    return [name] if videos is None else videos


def open_detections(path: Path, name: str) -> dict[str, DetectionReader]:
    """Return by sequence what reads its detections, see `read_text_detections` and `rows_of_table`.

    Args:
        path: A Parquet file by its suffix, otherwise MOTChallenge text.
        name: Name of the sequence if the file does not say.

    Raises:
        InputError: if a Parquet file can't be read or lacks a column.
    """
    if not is_parquet(path):
        return {name: partial(read_text_detections, path)}
    table = read_table(path)
    if "video" not in table.column_names:
        return {name: partial(rows_of_table, table, str(path))}
    return {
        video: partial(rows_of_table, table, f"{path}, video {video}", row_number)
        for video, row_number in rows_by_video(table).items()
    }


def read_text_detections(path: Path) -> DetectionRows:
    """Return the detections of a MOTChallenge file, whose frames may be in any order.

    Raises:
        ValueError: with file and line, if a row is malformed.
        OSError: if the file can't be read.
    """
    rows = read_mot(path)
    _require_at_most(MAX_FRAME_INDEX, rows.frame_index, path, "frame")
    _require_at_most(MAX_CLASS_ID, rows.class_id, path, "class")
    return sorted_rows(frame_index=rows.frame_index, xyxy=rows.xyxy, score=rows.score, class_id=rows.class_id)


def _require_at_most(limit: int, column: Array, path: Path, name: str) -> None:
    """Raise naming the line of the first value that is too large for a row of tracks."""
    beyond = np.flatnonzero(np.abs(column) > limit)
    if len(beyond):
        line = line_of_row(path, int(beyond[0]))
        raise ValueError(f"{path}:{line}: {name} is too large, {limit} is the limit")
