"""Camera motion from text: per frame the affine that maps pixels of the frame before to this one.

A row is `frame a b tx c d ty`, separated by blanks or tabs, with frames from 0: the form of the `gmc.txt`
files that trackers such as BoT-SORT come with.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.row_errors import number_problem

_LIMIT = float(np.finfo(np.float32).max)
_NAMES = ("frame", "a", "b", "tx", "c", "d", "ty")


def read_camera_motion(path: Path | str) -> dict[int, Array]:
    """Return by frame (0-based) the affine float32 `(2, 3)` from the frame before.

    Raises:
        ValueError: with file and line, if a row is malformed or a frame comes twice.
        OSError: if the file can't be read.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file: {error}") from error
    motions: dict[int, Array] = {}
    for number, line in enumerate(lines, start=1):
        row = line.split()
        if not row:
            continue
        if problem := _row_problem(row):
            raise ValueError(f"{path}:{number}: {problem}")
        frame_index = int(float(row[0]))
        if frame_index in motions:
            raise ValueError(f"{path}:{number}: frame {frame_index} comes twice")
        motions[frame_index] = (
            np.array(row[1:], np.float64).clip(-_LIMIT, _LIMIT).astype(np.float32).reshape(2, 3)
        )
    return motions


def _row_problem(row: list[str]) -> str | None:
    """Return what is wrong with the fields of a line, or None."""
    if len(row) != len(_NAMES):
        return f"{len(row)} columns; camera motion has {len(_NAMES)}: {' '.join(_NAMES)}"
    for field, name in zip(row, _NAMES, strict=True):
        if problem := number_problem(field, name):
            return problem
    frame = float(row[0])
    return f"frame is {row[0]}; frames are whole numbers from 0" if frame < 0 or frame % 1 else None
