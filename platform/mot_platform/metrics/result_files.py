"""Finds the results of a tracker, one of each sequence, in the layouts that people have."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mot_platform.errors import InputError
from mot_platform.formats.row_errors import TextPath


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultFile:
    """Where the tracks of one sequence are."""

    name: str
    """The sequence as the result calls it."""
    path: Path
    member: str | None = None
    """In a zip, its path there."""

    @property
    def text(self) -> TextPath:
        """What to read."""
        return self.path if self.member is None else zipfile.Path(self.path, self.member)


def find_results(pred: Path) -> list[ResultFile]:
    """Return the results in `pred`, by name.

    Args:
        pred: A result file, a folder of `SEQUENCE.txt` or, as TrackEval has it, of `data/SEQUENCE.txt`, a
            folder with one such folder in it, or a zip with `SEQUENCE.txt` anywhere in it, as one hands in at
            motchallenge.net.

    Raises:
        InputError: if there is no result, those of several trackers, or two of one name.
    """
    if pred.suffix.lower() == ".zip":
        return _zipped(pred)
    if pred.is_file():
        return [ResultFile(name=pred.stem, path=pred)]
    if files := _text_files(pred):
        return [ResultFile(name=file.stem, path=file) for file in files]
    trackers = sorted(path for path in pred.glob("*") if path.is_dir() and _text_files(path))
    if len(trackers) > 1:
        names = ", ".join(path.name for path in trackers)
        raise InputError(f"{pred}: results of {len(trackers)} trackers in it, give one of them: {names}")
    if not trackers:
        raise InputError(f"{pred}: no results in it; expected files SEQUENCE.txt, or a zip of them")
    return find_results(trackers[0])


def _text_files(folder: Path) -> list[Path]:
    """Return the text files in the folder of a tracker."""
    return sorted((folder / "data").glob("*.txt")) or sorted(folder.glob("*.txt"))


def _zipped(pred: Path) -> list[ResultFile]:
    """Return the text files in a zip."""
    try:
        with zipfile.ZipFile(pred) as archive:
            members = sorted(member for member in archive.namelist() if member.endswith(".txt"))
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{pred}: not a readable zip: {error}") from error
    members = [member for member in members if not member.startswith("__MACOSX/")]
    if not members:
        raise InputError(f"{pred}: no results in it; expected files SEQUENCE.txt")
    by_name: dict[str, str] = {}
    for member in members:
        name = PurePosixPath(member).stem
        if name in by_name:
            raise InputError(f"{pred}: two results of one name in it, {by_name[name]} and {member}")
        by_name[name] = member
    return [ResultFile(name=name, path=pred, member=member) for name, member in by_name.items()]
