"""Detections of a segment as a Parquet file, one row per frame, bit for bit what the network said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mot_model.structures import Array, Detections

STORE_VERSION = 1
"""Goes up when the form changes; files of another version are not read but made again."""

FRAMES_PER_ROW_GROUP = 256

_FLOATS = pa.list_(pa.float32())

_SCHEMA = pa.schema(
    [
        ("frame_index", pa.int64()),
        ("time_s", pa.float64()),
        ("xyxy", _FLOATS),
        ("score", _FLOATS),
        ("class_id", pa.list_(pa.int64())),
        ("embedding", _FLOATS),
        ("embedding_size", pa.int32()),
        ("action_feature", _FLOATS),
        ("action_feature_size", pa.int32()),
        ("camera_motion", _FLOATS),
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PerceptionCost:
    """What it took to make a file of detections."""

    num_frames: int
    """Frames in the file."""
    cpu_seconds: float
    """Processor time, all threads."""
    wall_seconds: float
    """Time on the clock."""
    attempts: int
    """Times that the segment was begun."""


class DetectionWriter:
    """Writes the detections of consecutive frames to `path`; a context manager."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._waiting: list[Detections] = []

    def write(self, frames: Iterable[Detections]) -> None:
        """Append `frames`."""
        self._waiting.extend(frames)
        if len(self._waiting) >= FRAMES_PER_ROW_GROUP:
            self._write_row_group()

    def record(self, cost: PerceptionCost) -> None:
        """Put `cost` in the footer of the file."""
        fields = ("num_frames", "cpu_seconds", "wall_seconds", "attempts")
        self._writer.add_key_value_metadata({name: repr(getattr(cost, name)) for name in fields})

    def __enter__(self) -> DetectionWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._waiting:
            self._write_row_group()
        self._writer.close()

    def _write_row_group(self) -> None:
        rows = [_row(detections) for detections in self._waiting]
        columns = {name: [row[name] for row in rows] for name in _SCHEMA.names}
        self._writer.write_table(pa.table(columns, schema=_SCHEMA))
        self._waiting = []


def read_detections(path: Path) -> Iterator[Detections]:
    """Yield what was written to `path`, frame by frame, holding one row group in memory."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            columns = [_cells(table.column(name).combine_chunks()) for name in _SCHEMA.names]
            for cells in zip(*columns, strict=True):
                yield _detections(dict(zip(_SCHEMA.names, cells, strict=True)))


def read_cost(path: Path) -> PerceptionCost:
    """Return what it took to make the file at `path`."""
    footer = pq.read_metadata(path).metadata
    return PerceptionCost(
        num_frames=int(footer[b"num_frames"]),
        cpu_seconds=float(footer[b"cpu_seconds"]),
        wall_seconds=float(footer[b"wall_seconds"]),
        attempts=int(footer[b"attempts"]),
    )


def _row(detections: Detections) -> dict[str, object]:
    embedding, feature, motion = detections.embedding, detections.action_feature, detections.camera_motion
    return {
        "frame_index": detections.frame_index,
        "time_s": detections.time_s,
        "xyxy": detections.xyxy.ravel(),
        "score": detections.score,
        "class_id": detections.class_id,
        "embedding": None if embedding is None else embedding.ravel(),
        "embedding_size": None if embedding is None else embedding.shape[1],
        "action_feature": None if feature is None else feature.ravel(),
        "action_feature_size": None if feature is None else feature.shape[1],
        "camera_motion": None if motion is None else motion.ravel(),
    }


def _cells(column: pa.Array) -> Sequence[object]:
    """Return the cells of a column: Python numbers, or arrays where a cell is a list; None where null."""
    if not pa.types.is_list(column.type):
        cells: list[object] = column.to_pylist()
        return cells
    values = column.values.to_numpy(zero_copy_only=False)
    offsets, valid = column.offsets.to_numpy(), column.is_valid().to_pylist()
    return [values[offsets[i] : offsets[i + 1]].copy() if valid[i] else None for i in range(len(column))]


def _detections(row: dict[str, object]) -> Detections:
    score = np.asarray(row["score"], np.float32)
    return Detections(
        frame_index=row["frame_index"],  # type: ignore[arg-type]
        time_s=row["time_s"],  # type: ignore[arg-type]
        xyxy=np.asarray(row["xyxy"], np.float32).reshape(-1, 4),
        score=score,
        class_id=np.asarray(row["class_id"], np.int64),
        embedding=_matrix(row["embedding"], len(score), row["embedding_size"]),
        action_feature=_matrix(row["action_feature"], len(score), row["action_feature_size"]),
        camera_motion=_matrix(row["camera_motion"], 2, 3),
    )


def _matrix(values: object, rows: int, columns: object) -> Array | None:
    return None if values is None else np.asarray(values, np.float32).reshape(rows, int(str(columns)))
