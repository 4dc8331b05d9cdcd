"""Finds the results of a tracker, one of each sequence, in the layouts that people have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultFile:
    """Where the tracks of one sequence are."""

    name: str
    """The sequence as the result calls it."""
    path: Path


def find_results(pred: Path) -> list[ResultFile]:
    """Return the results in `pred`, by name.

    Args:
        pred: A result file, a folder of `SEQUENCE.txt` or, as TrackEval has it, of `data/SEQUENCE.txt`, or a
            folder with one such folder in it.

    Raises:
        InputError: if there is no result, or those of several trackers.
    """
    if pred.is_file():
        return [ResultFile(name=pred.stem, path=pred)]
    if files := _text_files(pred):
        return [ResultFile(name=file.stem, path=file) for file in files]
    trackers = sorted(path for path in pred.glob("*") if path.is_dir() and _text_files(path))
    if len(trackers) > 1:
        names = ", ".join(path.name for path in trackers)
        raise InputError(f"{pred}: results of {len(trackers)} trackers in it, give one of them: {names}")
    if not trackers:
        raise InputError(f"{pred}: no results in it; expected files SEQUENCE.txt")
    return find_results(trackers[0])


def _text_files(folder: Path) -> list[Path]:
    """Return the text files in the folder of a tracker."""
    return sorted((folder / "data").glob("*.txt")) or sorted(folder.glob("*.txt"))
