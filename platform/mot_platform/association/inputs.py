"""Which files hold the detections that a user names, and what lies beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mot_platform.errors import InputError
from mot_platform.formats.detections import sequence_names

DETECTIONS_FOLDER = "det"
_SUFFIXES = (".txt", ".parquet")
_NOT_DETECTIONS = ("gmc.txt", "gt.txt")


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionFile:
    """A file of detections."""

    path: Path
    name: str
    """Name of its sequence, unless the file has names in it."""
    sequences: tuple[str, ...]
    """Names of the sequences in it."""
    folder: Path | None = None
    """Folder of the sequence, perhaps with `seqinfo.ini` and `gmc.txt`; None for a lone file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionFiles:
    """What there is to associate."""

    files: tuple[DetectionFile, ...]
    """By path; no name of a sequence comes twice."""
    ignored: tuple[str, ...]
    """Folders that are no sequences, having no detections."""


def find_detections(root: Path, *, det_name: str | None = None) -> DetectionFiles:
    """Return the files of detections that `root` stands for.

    Args:
        root: A file; a sequence, `ROOT/det/*`; a folder of sequences, `ROOT/SEQUENCE/det/*`; or a folder of
            text and Parquet files.
        det_name: Which file in `det` to take where there are several.

    Raises:
        InputError: if there are none, a choice is left open, or a name of a sequence comes twice.
    """
    if not root.exists():
        raise InputError(f"{root}: no such file or folder")
    ignored: list[str] = []
    if root.is_file():
        in_sequence = root.resolve().parent.name == DETECTIONS_FOLDER
        found = [_detection_file(root, root.resolve().parents[1] if in_sequence else None)]
    elif (root / DETECTIONS_FOLDER).is_dir():
        found = [_of_sequence(root, det_name)]
    else:
        folders = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
        sequences = [path for path in folders if (path / DETECTIONS_FOLDER).is_dir()]
        found = [_of_sequence(path, det_name) for path in sequences]
        if sequences:
            ignored = [path.name for path in folders if path not in sequences]
        else:
            found = [_detection_file(path, None) for path in _files_in(root)]
    if not found:
        raise InputError(f"{root}: no detections in it; expected SEQUENCE/det/*.txt, *.txt or *.parquet")
    _require_different_names(root, found)
    return DetectionFiles(files=tuple(found), ignored=tuple(ignored))


def _files_in(folder: Path) -> list[Path]:
    """Return what may be detections among the files of a folder."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _SUFFIXES and path.name not in _NOT_DETECTIONS and path.is_file()
    )


def _of_sequence(folder: Path, det_name: str | None) -> DetectionFile:
    """Return the detections of a sequence."""
    choice = _files_in(folder / DETECTIONS_FOLDER)
    if det_name is not None:
        choice = [path for path in choice if path.name == det_name] or [folder / DETECTIONS_FOLDER / det_name]
    if len(choice) > 1:
        names = ", ".join(path.name for path in choice)
        raise InputError(
            f"{folder / DETECTIONS_FOLDER}: several detections, say which: --det-name with {names}"
        )
    if not choice or not choice[0].is_file():
        missing = choice[0] if choice else folder / DETECTIONS_FOLDER
        raise InputError(f"{missing}: no detections there")
    return _detection_file(choice[0], folder.resolve())


def _detection_file(path: Path, folder: Path | None) -> DetectionFile:
    """Return `path` with its names; one that can't be read keeps the name that it would have."""
    name = path.stem if folder is None else folder.name
    try:
        names = sequence_names(path, name)
    except InputError:
        names = [name]  # it will be reported as broken, and the others done
    return DetectionFile(path=path, name=name, sequences=tuple(names), folder=folder)


def _require_different_names(root: Path, files: list[DetectionFile]) -> None:
    """Raise if two files hold a sequence of the same name: their results would overwrite each other."""
    counts = Counter(name for file in files for name in file.sequences)
    if twice := sorted(name for name, count in counts.items() if count > 1):
        raise InputError(
            f"{root}: sequence {twice[0]} is in more than one file; make it one, or run them apart"
        )
