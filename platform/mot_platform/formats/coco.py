"""COCO json: instances as ground truth, and lists of boxes as results, as columns.

Everything is checked entry by entry; a message names the file and the entry, counted from 0.
"""

# R boxes

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class CocoTruth:
    """The annotated boxes of all images."""

    image_id: Array
    """int64, the images there are, sorted."""
    categories: dict[int, str]
    """The classes there are, by id."""
    image: Array
    """int64 `(R,)`, the id of each box's image."""
    category: Array
    """int64 `(R,)`."""
    xywh: Array
    """float64 `(R, 4)`, pixels."""
    area: Array
    """float64 `(R,)`, of the outline of the object; of its box where the file does not say."""
    crowd: Array
    """bool `(R,)`: a group, whose members need not be found one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CocoResults:
    """Predicted boxes, in the order of the file."""

    image: Array
    """int64 `(R,)`, id of the image."""
    category: Array
    """int64 `(R,)`."""
    xywh: Array
    """float64 `(R, 4)`, pixels."""
    score: Array
    """float64 `(R,)`."""


def read_coco_truth(path: Path) -> CocoTruth:
    """Return the boxes of an instances file: an object with `images`, `categories` and `annotations`.

    Raises:
        InputError: if it can't be read, an entry lacks a field or has one of the wrong kind, or an annotation
            is of an image or a category that is not in the file.

    Source: https://cocodataset.org/#format-data
    """
    data = read_json(path)
    if not isinstance(data, dict) or not all(isinstance(data.get(key), list) for key in _TRUTH_LISTS):
        raise InputError(f"{path}: not ground truth of COCO: no object with lists {', '.join(_TRUTH_LISTS)}")
    if not data["categories"]:
        raise InputError(f"{path}: no categories in it")
    image_id = np.unique(_column(path, "images", data["images"], "id", WHOLE))
    number = _column(path, "categories", data["categories"], "id", WHOLE)
    words = [str(category.get("name", category["id"])) for category in data["categories"]]
    entries = data["annotations"]
    image = _column(path, "annotations", entries, "image_id", WHOLE)
    category = _column(path, "annotations", entries, "category_id", WHOLE)
    _require_known(f"{path}: annotations", "image_id", image, image_id)
    _require_known(f"{path}: annotations", "category_id", category, number)
    xywh = _column(path, "annotations", entries, "bbox", BOX).reshape(-1, 4)
    area = _column(path, "annotations", entries, "area", _NUMBER, default=math.nan)
    return CocoTruth(
        image_id=image_id,
        categories=dict(sorted(zip(number.tolist(), words, strict=True))),
        image=image,
        category=category,
        xywh=xywh,
        area=np.where(np.isnan(area), xywh[:, 2] * xywh[:, 3], area),
        crowd=_column(path, "annotations", entries, "iscrowd", _FLAG, default=0) != 0,
    )


def read_coco_results(path: Path, truth: CocoTruth) -> CocoResults:
    """Return the boxes of a results file: a list of objects with `image_id, category_id, bbox, score`.

    Raises:
        InputError: if it can't be read, an entry lacks a field or has one of the wrong kind, or is of an
            image that is not in the ground truth, or if no entry is of a category that is.

    Source: https://cocodataset.org/#format-results
    """
    entries = read_json(path)
    if not isinstance(entries, list):
        raise InputError(
            f"{path}: not results of COCO: expected a list of objects, got {type(entries).__name__}"
        )
    image = _column(path, "", entries, "image_id", WHOLE)
    category = _column(path, "", entries, "category_id", WHOLE)
    _require_known(f"{path}: ", "image_id", image, truth.image_id)
    if len(category) and not np.isin(category, list(truth.categories)).any():
        raise InputError(
            f"{path}: category_id is {category[0]}, {category[-1]} ..; none is in the ground truth, "
            f"which has {', '.join(str(known) for known in list(truth.categories)[:5])}"
        )
    return CocoResults(
        image=image,
        category=category,
        xywh=_column(path, "", entries, "bbox", BOX).reshape(-1, 4),
        score=_column(path, "", entries, "score", _NUMBER),
    )


_TRUTH_LISTS = ("images", "categories", "annotations")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What a field is to be."""

    words: str
    sound: Callable[[Any], bool]
    dtype: type = np.float64


WHOLE = FieldKind("a whole number", lambda value: type(value) is int and abs(value) < 2**63, np.int64)
_FLAG = FieldKind("0 or 1", lambda value: value in (0, 1))
_NUMBER = FieldKind("a finite number", _is_number)
BOX = FieldKind(
    "[left, top, width, height], four finite numbers",
    lambda value: isinstance(value, list) and len(value) == 4 and all(map(_is_number, value)),
)


def read_json(path: Path) -> Any:
    """Return what is in a json file.

    Raises:
        InputError: if it can't be read.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:  # what is no json, or no text, is a ValueError
        raise InputError(f"{path}: not a readable json file: {error}") from error


def _column(
    path: Path, place: str, entries: list[Any], name: str, kind: FieldKind, *, default: float | None = None
) -> Array:
    """Return a field of all entries as an array.

    Raises:
        InputError: naming the first entry that is no object, or whose field is missing or of another kind.
    """
    for number, entry in enumerate(entries):
        if problem := entry_problem(entry, name, kind, required=default is None):
            raise InputError(f"{path}: {place}[{number}]{problem}")
    return np.array([entry.get(name, default) for entry in entries], kind.dtype)


def entry_problem(entry: Any, name: str, kind: FieldKind, *, required: bool = True) -> str | None:
    """Return what is wrong with a field of an entry, to go behind its place; None if nothing is."""
    if not isinstance(entry, dict):
        return f" is {entry!r:.50}, not an object"
    if name not in entry:
        return f" has no {name}" if required else None
    if not kind.sound(entry[name]):
        return f": {name} is {entry[name]!r:.50}, not {kind.words}"
    return None


def _require_known(place: str, name: str, column: Array, known: Array) -> None:
    """Raise naming the first entry whose value is not among those known."""
    unknown = np.flatnonzero(~np.isin(column, known))
    if len(unknown):
        row = unknown[0]
        raise InputError(f"{place}[{row}]: {name} {column[row]} is not in the ground truth")
