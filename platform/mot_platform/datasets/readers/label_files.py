"""Finds the label files below a folder and tells their formats by what is in them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Literal

from mot_platform.formats.number_table import number_fields
from mot_platform.formats.row_errors import comma_fields, number_problem
from mot_platform.formats.yolo import NAMES_FILES, row_problem

LabelFormat = Literal["mot", "cvat", "coco", "yolo", "ava"]
GT_FILE = "gt.txt"
_SEQUENCE_FOLDERS = ("gt", "det")
"""Of the texts in a sequence and in these folders of it, only `gt/gt.txt` is ground truth."""
_NO_LABELS = (*NAMES_FILES, "labels.txt")
_AVA_COLUMNS = (2, 7, 8, 9)
_MIN_MOT_COLUMNS = 6
_HEAD_LINES = 20


def find_label_files(place: Path) -> dict[LabelFormat, list[Path]]:
    """Return the label files below a folder by format, or the one that is named."""
    paths = (
        [place] if place.is_file() else sorted(path for path in place.rglob("*.*") if _may_be(path, place))
    )
    found: dict[LabelFormat, list[Path]] = {}
    for path in paths:
        if kind := format_of(path):
            found.setdefault(kind, []).append(path)
    return found


def format_of(path: Path) -> LabelFormat | None:
    """Return the format of a file, None if it is none that is known or can't be read."""
    tell = {".json": _of_json, ".xml": _of_xml, ".csv": _of_csv, ".txt": _of_text}.get(path.suffix.lower())
    try:
        return tell(path) if tell else None
    except (OSError, UnicodeDecodeError):
        return None


def _may_be(path: Path, below: Path) -> bool:
    """Return whether a file is where labels may be."""
    parts = path.relative_to(below).parts
    if path.name in _NO_LABELS or any(part.startswith(".") for part in parts):
        return False
    if path.name == GT_FILE:
        return True
    is_in_sequence = path.suffix == ".txt" and (path.parent / "gt" / GT_FILE).is_file()
    return path.parent.name not in _SEQUENCE_FOLDERS and not is_in_sequence


def _of_json(path: Path) -> LabelFormat | None:
    content = path.read_bytes()
    return "coco" if b'"annotations"' in content and b'"categories"' in content else None


def _of_xml(path: Path) -> LabelFormat | None:
    return "cvat" if any("<annotations" in line for line in _head(path)) else None


def _of_csv(path: Path) -> LabelFormat | None:
    fields = next((comma_fields(line) for line in _head(path) if line.strip()), [])
    sound = len(fields) in _AVA_COLUMNS and not any(number_problem(value, "") for value in fields[1:])
    return "ava" if sound else None


def _of_text(path: Path) -> LabelFormat | None:
    """Return the format of a text of numbers, by its first line that has some."""
    if path.name == GT_FILE:
        return "mot"
    lines = [line for line in _head(path) if line.strip()]
    if not lines:
        return "yolo"  # a frame without boxes
    for line in lines:
        fields = number_fields(line)
        if "," not in line and row_problem(fields) is None:
            return "yolo"
        if len(fields) >= _MIN_MOT_COLUMNS and not any(number_problem(value, "") for value in fields):
            return "mot"
    return None


def _head(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as lines:
        return list(islice(lines, _HEAD_LINES))
