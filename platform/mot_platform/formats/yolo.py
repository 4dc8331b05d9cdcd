"""YOLO text: a file for each frame, a row `class, centre x, centre y, width, height[, track]` for each box.

All but class and track are shares of the frame.
"""

# R boxes

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from mot_model.structures import Array
from mot_platform.formats.number_table import number_fields
from mot_platform.formats.row_errors import RowProblem, number_problem, sift_rows

_NAMES = ("class", "centre x", "centre y", "width", "height", "track")
_NUM_COLUMNS = (5, 6)
_SHARES = range(1, 5)
_MAX_WHOLE = 2**31 - 1
NAMES_FILES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")


@dataclass(frozen=True, kw_only=True, slots=True)
class YoloRows:
    """Boxes of one frame."""

    class_id: Array
    """int64 `(R,)`, from 0."""
    xyxy: Array
    """float64 `(R, 4)`, shares of the frame."""
    track_id: Array
    """int64 `(R,)`, -1 where the file has none."""
    line: Array
    """int64 `(R,)`, from 1."""
    problems: tuple[RowProblem, ...] = ()


def row_problem(row: list[str]) -> str | None:
    """Return what is wrong with the fields of one line, or None."""
    if len(row) not in _NUM_COLUMNS:
        return f"{len(row)} columns; expected class, centre x, centre y, width, height and maybe track"
    for field, name in zip(row, _NAMES, strict=False):
        if problem := number_problem(field, name):
            return problem
    if not 0 <= float(row[0]) <= _MAX_WHOLE or float(row[0]) % 1:
        return f"class is {row[0]}; classes are whole numbers from 0"
    if len(row) == max(_NUM_COLUMNS) and (float(row[5]) % 1 or abs(float(row[5])) > _MAX_WHOLE):
        return f"track is {row[5]}, not a whole number"
    wrong = next((place for place in _SHARES if not -1 <= float(row[place]) <= 2), None)
    return f"{_NAMES[wrong]} is {row[wrong]}, not a share of the frame" if wrong else None


def sift_yolo(path: Path) -> YoloRows:
    """Return the boxes of a file that can be used, and why the others can't.

    Raises:
        ValueError: if it is no text.
        OSError: if it can't be read.

    Source: https://docs.ultralytics.com/datasets/detect/
    """
    sifted = sift_rows(path, row_problem, fields_of=number_fields)
    table = np.full((len(sifted.fields), max(_NUM_COLUMNS)), -1.0)
    for number, row in enumerate(sifted.fields):
        table[number, : len(row)] = [float(value) for value in row]
    centre, half = table[:, 1:3], table[:, 3:5] / 2
    return YoloRows(
        class_id=table[:, 0].astype(np.int64),
        xyxy=np.concatenate([centre - half, centre + half], axis=1),
        track_id=table[:, 5].astype(np.int64),
        line=np.array(sifted.lines, np.int64),
        problems=sifted.problems,
    )


def read_class_names(path: Path) -> dict[int, str]:
    """Return the names of classes by number from a `data.yaml`, or from a text of one name a line.

    Raises:
        ValueError: naming the file, if there are none in it.
        OSError: if it can't be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix not in (".yaml", ".yml"):
        return {number: name.strip() for number, name in enumerate(text.splitlines()) if name.strip()}
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    names = content.get("names") if isinstance(content, dict) else None
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or not all(isinstance(number, int) for number in names):
        raise ValueError(f"{path}: no names in it; expected a list, or names by number")
    return {number: str(name) for number, name in names.items()}
