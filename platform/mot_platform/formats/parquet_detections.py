"""Detections from Parquet, one row per box, checked row by row.

Columns: `frame_index, x1, y1, x2, y2, score`, and where known `time_s`, `class_id`, `embedding` (a list of
numbers) and `video`, which lets one file hold several sequences; others are ignored. Frames count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.detection_rows import MAX_CLASS_ID, MAX_FRAME_INDEX, DetectionRows, sorted_rows

_BOX = ("x1", "y1", "x2", "y2")
REQUIRED_COLUMNS = ("frame_index", *_BOX, "score")
OPTIONAL_COLUMNS = ("time_s", "class_id", "embedding", "video")
_WRONG_TYPE = (pa.ArrowInvalid, pa.ArrowNotImplementedError)
"""What a cast raises where values, or a whole type, can't be what is asked for."""


def videos_in(path: Path) -> list[str] | None:
    """Return the names in the column `video`, None without one.

    Raises:
        InputError: if the file can't be read.
    """
    names = _column_names(path)
    return list(rows_by_video(_read(path, ["video"]))) if "video" in names else None


def read_table(path: Path) -> pa.Table:
    """Return the columns that matter.

    Raises:
        InputError: if the file can't be read or lacks a column.
    """
    names = _column_names(path)
    if missing := [name for name in REQUIRED_COLUMNS if name not in names]:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; detections have {', '.join(REQUIRED_COLUMNS)} "
            f"and, where known, {', '.join(OPTIONAL_COLUMNS)}"
        )
    return _read(path, [name for name in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS) if name in names])


def rows_by_video(table: pa.Table) -> dict[str, Array]:
    """Return by name the numbers of the rows of each video, by name."""
    names = pc.dictionary_encode(table["video"]).combine_chunks()
    code = names.indices.to_numpy(zero_copy_only=False)
    words = names.dictionary.to_pylist()
    parts = np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code, minlength=len(words))))
    return {words[place]: parts[place] for place in np.argsort(words).tolist()}


def rows_of_table(table: pa.Table, where: str, row_number: Array | None = None) -> DetectionRows:
    """Return the detections in the rows `row_number` of `table`, or in all, frames in any order.

    Raises:
        ValueError: beginning with `where` and naming column and row, if a value is missing or out of range.
    """
    if row_number is None:
        row_number = np.arange(len(table))
    else:
        table = table.take(pa.array(row_number))
    columns = _CheckedColumns(table=table, where=where, row_number=row_number)
    frame_index = columns.numbers("frame_index", pa.int64())
    columns.require(frame_index >= 0, "frame_index is below 0")
    columns.require(frame_index <= MAX_FRAME_INDEX, f"frame_index is above {MAX_FRAME_INDEX}")
    class_id = np.ones(len(table), np.int64)
    if "class_id" in table.column_names:
        class_id = columns.numbers("class_id", pa.int64())
        columns.require(np.abs(class_id) <= MAX_CLASS_ID, f"class_id is beyond {MAX_CLASS_ID}")
    return sorted_rows(
        frame_index=frame_index,
        xyxy=np.stack([columns.numbers(name, pa.float64()) for name in _BOX], axis=1),
        score=columns.numbers("score", pa.float64()),
        class_id=class_id,
        time_s=columns.times(frame_index) if "time_s" in table.column_names else None,
        embedding=columns.embeddings() if "embedding" in table.column_names else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _CheckedColumns:
    """The columns of a table as arrays; a value that can't be is named by its row."""

    table: pa.Table
    where: str
    row_number: Array

    def require(self, sound: Array, problem: str) -> None:
        """Raise naming the first row that is not `sound`."""
        if not np.all(sound):
            raise ValueError(f"{self.where}: row {self.row_number[np.argmin(sound)]} (from 0): {problem}")

    def numbers(self, name: str, kind: pa.DataType) -> Array:
        """Return a column of finite numbers."""
        column = self.table[name].combine_chunks()
        self.require(column.is_valid().to_numpy(zero_copy_only=False), f"{name} is null")
        try:
            array: Array = column.cast(kind).to_numpy(zero_copy_only=False)
        except _WRONG_TYPE as error:
            raise ValueError(f"{self.where}: {name} is of type {column.type}: {error}") from error
        self.require(np.isfinite(array), f"{name} is not finite")
        return array

    def times(self, frame_index: Array) -> Array:
        """Return the times, which grow from frame to frame."""
        time_s = self.numbers("time_s", pa.float64())
        order = np.argsort(frame_index, kind="stable")
        frame_step, time_step = np.diff(frame_index[order]), np.diff(time_s[order])
        sound = np.ones(len(order), bool)
        sound[order[1:]] = np.where(frame_step > 0, time_step > 0, time_step == 0)
        self.require(sound, "time_s does not grow with frame_index, or differs within a frame")
        return time_s

    def embeddings(self) -> Array | None:
        """Return the embeddings scaled to unit norm; None if no row has one."""
        column = self.table["embedding"].combine_chunks()
        if column.null_count == len(column):
            return None
        try:
            length = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
            values = column.flatten().cast(pa.float32()).to_numpy(zero_copy_only=False)
        except _WRONG_TYPE as error:
            raise ValueError(f"{self.where}: embedding is of type {column.type}, not numbers") from error
        self.require(length == length.max(), f"embedding has not {length.max()} numbers as others have")
        embedding: Array = values.reshape(len(column), -1)
        self.require(np.isfinite(embedding.sum(axis=1)), "embedding is null or not finite somewhere")
        norm = np.linalg.norm(embedding, axis=1, keepdims=True)
        unit: Array = np.divide(embedding, norm, out=np.zeros_like(embedding), where=norm > 0)
        return unit


def _column_names(path: Path) -> list[str]:
    try:
        names: list[str] = pq.read_schema(path).names
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet file: {error}") from error
    return names


def _read(path: Path, names: list[str]) -> pa.Table:
    """Return columns of a file, the videos as strings."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(names)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet file: {error}") from error
    if "video" not in names:
        return table
    column = table["video"]
    if column.null_count:
        raise InputError(f"{path}: video is null in some row; name it in all, or leave the column out")
    try:
        return table.set_column(names.index("video"), "video", column.cast(pa.string()))
    except _WRONG_TYPE as error:
        raise InputError(f"{path}: video is of type {column.type}, not a name") from error
