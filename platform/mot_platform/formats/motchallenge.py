"""MOTChallenge text: `gt.txt`, `det.txt` and result files as columns, and `seqinfo.ini`.

A row is `frame, id, left, top, width, height, score[, class, visibility]`, or with three world coordinates
after the score as in MOT15 and in result files. Frames are 1-based in the files and 0-based everywhere else.
Boxes keep their origin: `x1` is `left` as written.
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.number_table import number_fields, read_number_table
from mot_platform.formats.row_errors import (
    RowProblem,
    TextPath,
    finite_numbers,
    line_of_row,
    malformed_row,
    number_problem,
    numbered_lines,
    sift_rows,
)

_NAMES = ("frame", "id", "left", "top", "width", "height", "score", "column 8", "column 9", "column 10")
_MIN_COLUMNS = 6
_CLASS_COLUMNS = (8, 9)
"""Numbers of columns of which the eighth is a class."""
_MAX_WHOLE = 2**53
"""Whole numbers beyond are not told apart as floats."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MotRows:
    """Rows of a MOTChallenge file, in the order of the file."""

    frame_index: Array
    """int64 `(R,)`, 0-based."""
    track_id: Array
    """int64 `(R,)`, -1 in detection files."""
    xyxy: Array
    """float64 `(R, 4)`, pixels, as written (the 1-based origin of MOTChallenge is not shifted)."""
    score: Array
    """float64 `(R,)`; in ground truth the flag: 0 means that the row is not to be evaluated."""
    class_id: Array
    """int64 `(R,)`, 1 (pedestrian) where the file has no class."""
    visibility: Array
    """float64 `(R,)`, range [0, 1], 1 where the file does not say."""

    def __post_init__(self) -> None:
        num_rows = len(self.frame_index)
        wrong = [field.name for field in fields(self) if len(getattr(self, field.name)) != num_rows]
        if wrong or self.xyxy.shape != (num_rows, 4):
            raise ValueError(
                f"columns of one length expected: {num_rows} frames, but {wrong or 'xyxy'} differ"
            )

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, keep: Array | slice) -> MotRows:
        """Return the rows that the mask, index array or slice `keep` selects, in its order."""
        return MotRows(**{field.name: getattr(self, field.name)[keep] for field in fields(self)})


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceInfo:
    """What `seqinfo.ini` says of a sequence."""

    name: str
    frame_rate_hz: float
    num_frames: int
    width_px: int
    height_px: int


def _row_problem(row: list[str]) -> str | None:
    """Return what is wrong with the fields of one line, or None."""
    numbers = finite_numbers(row)
    if numbers is None:
        problems = (number_problem(field, name) for field, name in zip(row, _NAMES, strict=False))
        return next(filter(None, problems), "numbers too large")
    if numbers[0] < 1 or numbers[0] % 1:
        return f"frame is {row[0]}; frames are whole numbers from 1"
    if numbers[1] % 1:
        return f"id is {row[1]}; ids are whole numbers"
    whole = (0, 1, 7) if len(row) in _CLASS_COLUMNS else (0, 1)
    beyond = [column for column in whole if abs(numbers[column]) > _MAX_WHOLE]
    return f"{_NAMES[beyond[0]]} is {row[beyond[0]]}, too large" if beyond else None


def _read_table(path: TextPath) -> Array:
    """Return the numbers of `path` as float64 `(R, C)`, with 6 to 10 columns."""
    table = read_number_table(path, _row_problem, min_columns=_MIN_COLUMNS, max_columns=len(_NAMES))
    whole = table[:, [0, 1, 7]] if table.shape[1] in _CLASS_COLUMNS else table[:, :2]
    sound = np.isfinite(table).all() and (table[:, 0] >= 1).all() and (np.abs(whole) <= _MAX_WHOLE).all()
    if not (sound and (table[:, :2] % 1 == 0).all()):
        raise malformed_row(path, _row_problem, "a value is out of range", fields_of=number_fields)
    return table


def _require_unique_ids(path: TextPath, frame: Array, track_id: Array) -> None:
    """Raise naming the line of the first id that a frame already has."""
    order = np.lexsort((track_id, frame))  # stable: of equal rows the first comes first
    again = (np.diff(frame[order]) == 0) & (np.diff(track_id[order]) == 0)
    if again.any():
        row = int(order[1:][again].min())
        hint = "; are these detections? tracks have ids of their own" if track_id[row] == -1 else ""
        raise ValueError(
            f"{path}:{line_of_row(path, row)}: id {int(track_id[row])} is already in frame "
            f"{int(frame[row])}{hint}"
        )


def read_mot(path: TextPath | str, *, unique_ids: bool = False) -> MotRows:
    """Return the rows of a ground-truth, detection or result file.

    Six to ten columns, separated by commas, tabs or spaces. Blank lines, a comma at the end of lines, and `1`
    written as `1.0` are fine. A class and a visibility are read from files with 8 or 9 columns; with 10, the
    last three are world coordinates.

    Args:
        path: The file, which may be in a zip.
        unique_ids: Whether an id may be in a frame only once, as in ground truth and results.

    Raises:
        ValueError: with file and line, if a row is malformed, a number is not finite, a frame is below 1, or
            an id repeats in a frame.

    Source: MOTChallenge, https://motchallenge.net/instructions/
    """
    path = Path(path) if isinstance(path, str) else path
    table = _read_table(path)
    if unique_ids:
        _require_unique_ids(path, table[:, 0], table[:, 1])
    return _rows_of_table(table)


@dataclass(frozen=True, kw_only=True, slots=True)
class SiftedMot:
    """What can be used of a file, and what not."""

    rows: MotRows
    line: Array
    """int64 `(R,)`: line of each row, from 1."""
    problems: tuple[RowProblem, ...] = ()


def sift_mot(path: Path) -> SiftedMot:
    """Return the rows of a file that can be used, and why the others can't; ids are not looked at.

    Raises:
        ValueError: if it is no text.
        OSError: if it can't be read.
    """
    try:
        rows = read_mot(path)
    except ValueError:
        return _sifted(path)
    lines = [line for line, _ in numbered_lines(path)]
    return SiftedMot(rows=rows, line=np.array(lines, np.int64))


def _sifted(path: Path) -> SiftedMot:
    """Return line by line what can be used of a file; the first such line says how many columns it has."""
    num_columns = 0

    def problem(row: list[str]) -> str | None:
        nonlocal num_columns
        if not _MIN_COLUMNS <= len(row) <= len(_NAMES):
            return f"{len(row)} columns; expected {_MIN_COLUMNS} to {len(_NAMES)}"
        if num_columns and len(row) != num_columns:
            return f"{len(row)} columns, but the first row has {num_columns}"
        if what := _row_problem(row):
            return what
        num_columns = len(row)
        return None

    sifted = sift_rows(path, problem, fields_of=number_fields)
    table = np.array(sifted.fields, np.float64).reshape(len(sifted.fields), num_columns or _MIN_COLUMNS)
    return SiftedMot(
        rows=_rows_of_table(table), line=np.array(sifted.lines, np.int64), problems=sifted.problems
    )


def _rows_of_table(table: Array) -> MotRows:
    """Return the columns of numbers that are sound."""
    num_rows, num_columns = table.shape
    has_class = num_columns in _CLASS_COLUMNS
    return MotRows(
        frame_index=table[:, 0].astype(np.int64) - 1,
        track_id=table[:, 1].astype(np.int64),
        xyxy=np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1),
        score=table[:, 6] if num_columns > 6 else np.ones(num_rows),
        class_id=table[:, 7].astype(np.int64) if has_class else np.ones(num_rows, np.int64),
        visibility=table[:, 8] if num_columns == 9 else np.ones(num_rows),
    )


def write_mot(path: Path | str, rows: MotRows, *, kind: Literal["gt", "result"] = "result") -> None:
    """Write `rows` with 1-based frames; boxes to seven significant digits.

    Args:
        path: The file, overwritten.
        rows: What to write, in this order.
        kind: `gt` writes 9 columns with class and visibility, `result` 10 with three times -1.
    """
    num_rows = len(rows)
    if kind == "gt":
        tail, tail_format = np.stack([rows.class_id, rows.visibility], axis=1), ["%d", "%.6g"]
    else:
        tail, tail_format = np.full((num_rows, 3), -1), ["%d"] * 3
    head = [rows.frame_index + 1, rows.track_id, rows.xyxy[:, :2], rows.xyxy[:, 2:] - rows.xyxy[:, :2]]
    table = np.column_stack([*head, rows.score, tail])
    np.savetxt(path, table, fmt=["%d", "%d", *["%.7g"] * 4, "%.6g", *tail_format], delimiter=",")


def read_seqinfo(path: Path | str) -> SequenceInfo:
    """Return what a `seqinfo.ini` says.

    Raises:
        ValueError: naming the file, if a field is missing or no number.
        FileNotFoundError: if there is no such file.
    """
    parser = configparser.ConfigParser()
    try:
        parser.read_string(Path(path).read_text(encoding="utf-8-sig"))
        section = parser["Sequence"]
        return SequenceInfo(
            name=section["name"],
            frame_rate_hz=float(section["frameRate"]),
            num_frames=int(section["seqLength"]),
            width_px=int(section["imWidth"]),
            height_px=int(section["imHeight"]),
        )
    except (configparser.Error, KeyError, ValueError) as error:
        raise ValueError(f"{path}: not a seqinfo.ini of MOTChallenge: {error}") from error


def write_seqinfo(path: Path | str, info: SequenceInfo) -> None:
    """Write `info` as a `seqinfo.ini`."""
    lines = [
        "[Sequence]",
        f"name={info.name}",
        "imDir=img1",
        f"frameRate={info.frame_rate_hz:.12g}",
        f"seqLength={info.num_frames}",
        f"imWidth={info.width_px}",
        f"imHeight={info.height_px}",
        "imExt=.jpg",
    ]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
