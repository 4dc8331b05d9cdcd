"""AVA text: csv rows of one box and one action each, and the `pbtxt` list of actions.

A csv row is `video, time, x1, y1, x2, y2, action[, person][, score]`, with the box in [0, 1] and the time
in seconds. Nothing in the file says whether an eighth column is a person or a score; the caller does. A row
of only `video, time` is an image that was looked at and has nobody in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv

from mot_model.structures import Array
from mot_platform.formats.row_errors import (
    RowProblem,
    finite_numbers,
    malformed_row,
    number_problem,
    numbered_fields,
    numbered_lines,
    sift_rows,
)

_NAMES = ("video", "time", "x1", "y1", "x2", "y2", "action")
_IMAGE_COLUMNS = 2
_BOX_COLUMNS = {7: _NAMES, 8: (*_NAMES, "person"), 9: (*_NAMES, "person", "score")}
_BOX = _NAMES[2:6]
_RANGES = {
    "time": (-1e8, 1e8, "a time in seconds"),
    **dict.fromkeys(_BOX, (-1.0, 2.0, "a share of the frame, from 0 to 1")),
    "action": (0, 32767, "the number of an action"),
    "person": (-(2.0**53), 2.0**53, "the number of a person"),
}
"""What a column may hold, and what it is. Boxes may stick out of the frame by as much as its size."""
_ANYTHING = (-np.inf, np.inf, "")
_WHOLE = ("action", "person")


@dataclass(frozen=True, kw_only=True, slots=True)
class AvaRows:
    """Rows of an AVA csv, in the order of the file; a box with three actions has three rows."""

    video: list[str]
    """Name of the video of each of the R rows."""
    time_s: Array
    """float64 `(R,)`."""
    xyxy: Array
    """float64 `(R, 4)`, normalised by the size of the frame."""
    action_id: Array
    """int64 `(R,)`, as in the action list, from 1."""
    person_id: Array
    """int64 `(R,)`, unique in a video, -1 where the file has none."""
    score: Array
    """float64 `(R,)`, 1 where the file has none."""
    empty_images: tuple[tuple[str, float], ...] = ()
    """Video and time of the images that the file lists without a box."""

    def __post_init__(self) -> None:
        num_rows = len(self.video)
        columns = [field.name for field in fields(self) if field.name != "empty_images"]
        wrong = [name for name in columns if len(getattr(self, name)) != num_rows]
        if wrong or self.xyxy.shape != (num_rows, 4):
            raise ValueError(
                f"columns of one length expected: {num_rows} videos, but {wrong or 'xyxy'} differ"
            )

    def __len__(self) -> int:
        return len(self.video)

    @classmethod
    def without_boxes(cls, images: Sequence[tuple[str, float]]) -> AvaRows:
        """Return a file that lists `images`, and nobody in them."""
        return cls(
            video=[],
            time_s=np.zeros(0),
            xyxy=np.zeros((0, 4)),
            action_id=np.zeros(0, np.int64),
            person_id=np.zeros(0, np.int64),
            score=np.zeros(0),
            empty_images=tuple(images),
        )


def _column_names(path: Path, eighth: Literal["person", "score"]) -> tuple[str, ...]:
    """Return the name of each column of `path`, by their number in its first row with a box; none without."""
    tails = {7: (), 8: (eighth,), 9: ("person", "score")}
    try:
        for line_number, row in numbered_fields(path):
            if len(row) in tails:
                return (*_NAMES, *tails[len(row)])
            if len(row) != _IMAGE_COLUMNS:
                raise ValueError(
                    f"{path}:{line_number}: {len(row)} comma-separated columns; AVA rows have 7 to 9"
                )
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not text, so no AVA csv") from error
    return ()


def _row_problem(row: list[str], names: tuple[str, ...]) -> str | None:
    """Return what is wrong with the fields of one line, or None."""
    if len(row) not in (2, len(names)):
        return f"{len(row)} columns, but the first row has {len(names)}"
    numbers = finite_numbers(row[1:])
    if numbers is None:
        problems = (number_problem(field, name) for field, name in zip(row[1:], names[1:], strict=False))
        return next(filter(None, problems), "numbers too large")
    for field, number, name in zip(row[1:], numbers, names[1:], strict=False):
        lowest, highest, meaning = _RANGES.get(name, _ANYTHING)
        if name in _WHOLE and number % 1:
            return f"{name} is {field}, not a whole number"
        if not lowest <= number <= highest:
            return f"{name} is {field}, which is not {meaning}"
    return None


def _sound(name: str, column: Array) -> bool:
    """Return whether all numbers of a column are what they should be."""
    lowest, highest, _ = _RANGES.get(name, _ANYTHING)
    within = np.isfinite(column) & (column >= lowest) & (column <= highest)
    return bool(within.all()) and not (name in _WHOLE and (column % 1).any())


def read_ava_images(path: Path | str) -> list[tuple[str, float]]:
    """Return video and time of each row of a csv of images, such as AVA's excluded timestamps.

    Raises:
        ValueError: with file and line, if a row is not `video, time`.
    """
    images = []
    for line_number, row in numbered_fields(Path(path)):
        problem = "expected video,time" if len(row) != 2 else _row_problem(row, _NAMES)
        if problem:
            raise ValueError(f"{path}:{line_number}: {problem}")
        images.append((row[0], float(row[1])))
    return images


def read_ava(path: Path | str, *, eighth: Literal["person", "score"] = "person") -> AvaRows:
    """Return the rows of an AVA csv with 7, 8 or 9 columns.

    Args:
        path: The file; it has no header. Rows with a box all have the same columns.
        eighth: What the last of 8 columns is: `person` in ground truth, `score` in the results that the
            ActivityNet evaluator takes. With 9 columns it is a person and the ninth the score.

    Raises:
        ValueError: with file and line, if a row is malformed or a number is not finite.

    Source: AVA (Gu et al., CVPR 2018), https://research.google.com/ava/download.html
    """
    path = Path(path)
    names = _column_names(path, eighth)
    try:
        return _parsed(path, names)
    except ValueError as error:  # a row of another length, a field that is no number or out of range
        check = partial(_row_problem, names=names or _NAMES[:_IMAGE_COLUMNS])
        raise malformed_row(path, check, error) from error


def _parsed(path: Path, names: tuple[str, ...]) -> AvaRows:
    """Return the rows of a file with such columns.

    Raises:
        ValueError: if a row is malformed, whichever.
    """
    if not names:
        return AvaRows.without_boxes(read_ava_images(path))
    table, empty_images = _read_table(path, names)
    # not to_numpy, which imports pandas: half a second
    columns = {name: np.from_dlpack(table[name].combine_chunks()) for name in names[1:]}
    for name, column in columns.items():
        if not _sound(name, column):
            raise ValueError(f"{name} is out of range")
    return _rows_of_columns(table["video"].to_pylist(), columns, empty_images)


@dataclass(frozen=True, kw_only=True, slots=True)
class SiftedAva:
    """What can be used of a file, and what not."""

    rows: AvaRows
    line: Array
    """int64 `(R,)`: line of each row, from 1."""
    problems: tuple[RowProblem, ...] = ()


def sift_ava(path: Path) -> SiftedAva:
    """Return the rows of a ground truth that can be used, and why the others can't.

    Raises:
        ValueError: if it is no text.
        OSError: if it can't be read.
    """
    try:
        rows = _parsed(path, _column_names(path, "person"))
    except ValueError:
        return _sifted(path)
    lines = [line for line, text in numbered_lines(path) if text.count(",") >= _IMAGE_COLUMNS]
    return SiftedAva(rows=rows, line=np.array(lines, np.int64))


def _sifted(path: Path) -> SiftedAva:
    """Return line by line what can be used of a file; the first box says how many columns there are."""
    names: tuple[str, ...] = ()

    def problem(row: list[str]) -> str | None:
        nonlocal names
        if len(row) not in (_IMAGE_COLUMNS, *_BOX_COLUMNS):
            return f"{len(row)} comma-separated columns; AVA rows have 7 to 9"
        if what := _row_problem(row, names or _BOX_COLUMNS.get(len(row), _NAMES)):
            return what
        names = names or _BOX_COLUMNS.get(len(row), ())
        return None

    sifted = sift_rows(path, problem)
    good = list(zip(sifted.fields, sifted.lines, strict=True))
    boxes = [(fields, line) for fields, line in good if len(fields) > _IMAGE_COLUMNS]
    images = tuple((fields[0], float(fields[1])) for fields, _ in good if len(fields) == _IMAGE_COLUMNS)
    rows = AvaRows.without_boxes(images)
    if boxes:
        numbers = np.array([fields[1:] for fields, _ in boxes], np.float64).T
        columns = dict(zip(names[1:], numbers, strict=True))
        rows = _rows_of_columns([fields[0] for fields, _ in boxes], columns, images)
    return SiftedAva(
        rows=rows,
        line=np.array([line for _, line in boxes], np.int64),
        problems=sifted.problems,
    )


def _rows_of_columns(
    videos: Sequence[str], columns: dict[str, Array], empty_images: tuple[tuple[str, float], ...]
) -> AvaRows:
    """Return columns that are sound as rows."""
    num_rows = len(videos)
    return AvaRows(
        video=[name.strip() for name in videos],
        time_s=columns["time"],
        xyxy=np.stack([columns[name] for name in _BOX], axis=1),
        action_id=columns["action"].astype(np.int64),
        person_id=columns["person"].astype(np.int64) if "person" in columns else np.full(num_rows, -1),
        score=columns.get("score", np.ones(num_rows)),
        empty_images=empty_images,
    )


def _read_table(path: Path, names: tuple[str, ...]) -> tuple[pa.Table, tuple[tuple[str, float], ...]]:
    """Return the rows with a box as columns, and the images that are listed without one."""
    empty: list[str] = []

    def keep_empty(row: pyarrow.csv.InvalidRow) -> str:
        empty.append(row.text)
        return "skip" if row.actual_columns == 2 else "error"

    types = {name: pa.string() if name == "video" else pa.float64() for name in names}
    table = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=keep_empty),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, null_values=[]),
    )
    images = tuple((video.strip(), float(time)) for video, time in (row.split(",") for row in empty))
    if not _sound("time", np.array([time for _, time in images], np.float64)):
        raise ValueError("time is out of range")
    return table, images


def write_ava(path: Path | str, rows: AvaRows, *, with_score: bool = False) -> None:
    """Write `rows` as `video, time, x1, y1, x2, y2, action, person[, score]`, times to 4 decimals.

    Raises:
        ValueError: if the name of a video has a comma, a quote or a line break in it.
    """
    if bad := next((name for name in set(rows.video) if re.search(r'[",\r\n]', name)), None):
        raise ValueError(
            f"video name {bad!r} can not be written to an AVA csv: it has a comma, quote or newline"
        )
    numbers = [rows.time_s, *rows.xyxy.T, rows.action_id, rows.person_id]
    formats = "%s,%.4f,%.6f,%.6f,%.6f,%.6f,%d,%d"
    if with_score:
        numbers, formats = [*numbers, rows.score], formats + ",%.6g"
    lines = [formats % row for row in zip(rows.video, *(column.tolist() for column in numbers), strict=True)]
    Path(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def read_action_list(path: Path | str) -> dict[int, str]:
    """Return the names of the actions by id from a `pbtxt`, both spellings (`item`/`id`, `label`/`label_id`).

    Raises:
        ValueError: naming the file and line, if an entry lacks its name or its id, or an id comes twice.
    """
    text = Path(path).read_text(encoding="utf-8-sig")
    names: dict[int, str] = {}
    for entry in re.finditer(r'\b(?:item|label)\s*\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}', text):
        line = text.count("\n", 0, entry.start()) + 1
        name = re.search(r'\bname\s*:\s*"((?:[^"\\]|\\.)*)"', entry[1])
        number = re.search(r"\b(?:label_)?id\s*:\s*(\d+)", entry[1])
        if name is None or number is None:
            raise ValueError(f"{path}:{line}: an action needs a name and an id")
        if int(number[1]) in names:
            raise ValueError(f"{path}:{line}: action id {number[1]} is already {names[int(number[1])]!r}")
        names[int(number[1])] = re.sub(r"\\(.)", r"\1", name[1])
    if not names:
        raise ValueError(f'{path}: no action in it; expected entries such as item {{ name: "walk" id: 12 }}')
    return names


def write_action_list(path: Path | str, names: dict[int, str]) -> None:
    """Write the names of the actions by id as a `pbtxt` of `item` entries."""
    escaped = {number: re.sub(r'(["\\])', r"\\\1", name) for number, name in names.items()}
    items = [f'item {{\n  name: "{name}"\n  id: {number}\n}}\n' for number, name in escaped.items()]
    Path(path).write_text("".join(items), encoding="utf-8")
