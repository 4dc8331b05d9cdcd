"""Zip archives into a folder: every file whole or absent, nothing outside the folder, done work kept."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mot_platform.datasets.download.progress import Progress, ProgressMeter
from mot_platform.errors import InputError
from mot_platform.formats.row_errors import ZIP_FAULTS

_BLOCK_BYTES = 1 << 20
_DRAFT_ENDING = ".unpacking"


class BadArchiveError(InputError):
    """An archive that is cut short, damaged, or reaches for what is not its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """What came of an archive."""

    num_files: int
    """Files that the archive holds."""
    num_written: int
    """Files of them that were not here yet."""
    top_names: tuple[str, ...]
    """The topmost names, relative to the folder."""


@dataclass(frozen=True, slots=True)
class _Member:
    info: zipfile.ZipInfo
    target: Path


def unpack(
    archive: Path,
    folder: Path,
    *,
    flat: bool = False,
    progress: Progress | None = None,
    name: str | None = None,
) -> Unpacked:
    """Put the files of a zip archive into `folder`; those that are there with their size are left alone.

    Args:
        archive: The zip file, of any size; it is streamed.
        folder: Where its content goes.
        flat: Whether folders within the archive are left out.
        progress: Told how far it is.
        name: What to call it there; None takes the name of the archive.

    Raises:
        BadArchiveError: if it is cut short, damaged, encrypted, or holds links or names outside the folder.
        InputError: if the disk has no room for it.
    """
    meter = ProgressMeter(progress, name=name or archive.name, action="unpack")
    try:
        with zipfile.ZipFile(archive) as content:
            members = _members(archive, content, folder, flat=flat)
            missing = [member for member in members if not _is_there(member)]
            _check_room(archive, folder, missing)
            _write_all(content, members, missing, meter)
    except ZIP_FAULTS as error:
        raise BadArchiveError(f"{archive}: {_reason(archive, error)}") from error
    top_names = {member.target.relative_to(folder).parts[0] for member in members}
    return Unpacked(num_files=len(members), num_written=len(missing), top_names=tuple(sorted(top_names)))


def _members(archive: Path, content: zipfile.ZipFile, folder: Path, *, flat: bool) -> list[_Member]:
    """Return the files of an archive and where they go.

    Raises:
        BadArchiveError: if one would leave the folder, is a link or comes twice.
    """
    members: list[_Member] = []
    seen: set[Path] = set()
    for info in content.infolist():
        if info.is_dir():
            continue
        path = PurePosixPath(info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        wrong = path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in path.parts[0]
        if wrong or kind not in (0, stat.S_IFREG):
            raise BadArchiveError(
                f"{archive}: refused, it holds {info.filename!r}: a link or outside the folder"
            )
        target = folder / (path.name if flat else path)
        if target in seen:
            raise BadArchiveError(f"{archive}: refused, it holds {info.filename!r} twice")
        seen.add(target)
        members.append(_Member(info, target))
    return members


def _is_there(member: _Member) -> bool:
    """Return whether a file is whole already: a file that has its name has all of its bytes."""
    return member.target.is_file() and member.target.stat().st_size == member.info.file_size


def _check_room(archive: Path, folder: Path, missing: list[_Member]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    needed = sum(member.info.file_size for member in missing)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"{archive}: no room to unpack it: {needed:,} bytes to come, {free:,} free in {folder}"
        )


def _write_all(
    content: zipfile.ZipFile, members: list[_Member], missing: list[_Member], meter: ProgressMeter
) -> None:
    total = sum(member.info.file_size for member in members)
    done = total - sum(member.info.file_size for member in missing)
    meter.at(done, total)
    for member in missing:
        _write(content, member)
        done += member.info.file_size
        meter.at(done, total)
    if missing:
        os.sync()  # once: one flush for each of ten thousands of pictures would take longer than all the rest
    meter.done()


def _write(content: zipfile.ZipFile, member: _Member) -> None:
    """Write one file; `zipfile` reads no byte more than declared, and checks the CRC at the end."""
    target = member.target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + _DRAFT_ENDING)
    try:
        with content.open(member.info) as source, draft.open("wb") as file:
            shutil.copyfileobj(source, file, _BLOCK_BYTES)
        if draft.stat().st_size != member.info.file_size:
            raise zipfile.BadZipFile(f"{member.info.filename} is shorter than declared")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _reason(archive: Path, error: Exception) -> str:
    """Return what is wrong with an archive."""
    with archive.open("rb") as file:
        begins_well = file.read(4) == b"PK\x03\x04"
    if isinstance(error, zipfile.BadZipFile) and "not a zip file" in str(error):
        size = archive.stat().st_size
        return f"cut short: its end is not in its {size:,} bytes" if begins_well else "not a zip archive"
    return f"damaged: {' '.join(str(error).split()) or type(error).__name__}"
