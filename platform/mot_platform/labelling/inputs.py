"""The inputs of a job: every video file below a folder, none left out in silence."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from mot_platform.errors import InputError
from mot_platform.labelling.failures import Failure, stage_error
from mot_platform.video.opening import VIDEO_EXTENSIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class InputFile:
    """One file to label."""

    video: str
    """Its name: the posix path below the folder."""
    uri: str
    """Where to open it."""
    size_bytes: int | None
    """Its size, None if not even that can be told."""
    stamp: str
    """Changes when the content does, at no cost: size and modification time, or the store's ETag."""
    failure: Failure | None = None
    """Why it can't be opened, when listing it already shows that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InputListing:
    """What lies below a folder."""

    files: tuple[InputFile, ...]
    """The inputs, sorted by name."""
    num_ignored: int
    """Files that are no inputs by their name."""


def scan(folder: str, *, glob: str | None = None, exclude: Path | None = None) -> InputListing:
    """Return the inputs below `folder`, a path or an fsspec URL.

    Links to folders are followed. What can't be listed is returned as an input that failed to open.

    Args:
        folder: The folder.
        glob: Pattern for the path below `folder`, or for the file's name alone; `*` also matches `/`.
            Default: every file with a video extension.
        exclude: A local folder to leave out: the output, when it lies below the input.

    Raises:
        InputError: if `folder` is missing, is no folder, or holds no input.
    """
    entries = _remote_entries(folder) if "://" in folder else _local_entries(Path(folder), exclude)
    files, num_ignored = [], 0
    for file in entries:
        if (file.failure is not None and file.video.endswith("/")) or _is_input(file.video, glob):
            files.append(file)
        else:
            num_ignored += 1
    if not files:
        wanted = f"file matching {glob!r}" if glob else "video file"
        raise InputError(
            f"no {wanted} in {folder} ({num_ignored} other files); name another folder or use --glob"
        )
    return InputListing(files=tuple(sorted(files, key=lambda file: file.video)), num_ignored=num_ignored)


def _is_input(video: str, glob: str | None) -> bool:
    if glob is None:
        return PurePosixPath(video).suffix.lower() in VIDEO_EXTENSIONS
    return fnmatch(video, glob) or fnmatch(PurePosixPath(video).name, glob)


def _local_entries(root: Path, exclude: Path | None) -> Iterator[InputFile]:
    if not root.is_dir():
        problem = "is not a folder" if root.exists() else "does not exist"
        raise InputError(f"{root} {problem}; name the folder that holds the videos")
    root = root.resolve()
    unlistable: list[OSError] = []
    seen: set[tuple[int, int]] = set()
    for parent, folders, names in os.walk(root, onerror=unlistable.append, followlinks=True):
        status = os.stat(parent)
        if (status.st_dev, status.st_ino) in seen or (exclude and Path(parent) == exclude.resolve()):
            folders.clear()  # a link back up would never end
            continue
        seen.add((status.st_dev, status.st_ino))
        for name in names:
            yield _local_file(Path(parent, name), root)
    for error in unlistable:
        path = Path(str(error.filename))
        if path == root:
            raise InputError(f"can't list {root}: {error.strerror}; allow reading it") from error
        name = _name(path, root) + "/"
        failure = stage_error(error, "open").failure
        yield InputFile(video=name, uri=name, size_bytes=None, stamp="", failure=failure)


def _local_file(path: Path, root: Path) -> InputFile:
    """Return the file at `path`, with the failure if it is none that can be read."""
    video, uri, size, stamp, failure = _name(path, root), str(path), None, "", None
    try:
        uri.encode()
        status = path.stat()
        size, stamp = status.st_size, f"{status.st_size}-{status.st_mtime_ns}"
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise OSError(errno.EINVAL, "not a regular file", uri)
    except UnicodeEncodeError:
        uri = video
        failure = stage_error(
            OSError(errno.EINVAL, "file name is not UTF-8; rename it", video), "open"
        ).failure
    except OSError as error:
        failure = stage_error(error, "open").failure
    return InputFile(video=video, uri=uri, size_bytes=size, stamp=stamp, failure=failure)


def _name(path: Path, root: Path) -> str:
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def _remote_entries(folder: str) -> Iterator[InputFile]:
    filesystem, root = fsspec.core.url_to_fs(folder)
    if not filesystem.isdir(root):
        raise InputError(
            f"{folder} is not a folder or can't be reached; name the folder that holds the videos"
        )
    found: dict[str, dict[str, Any]] = filesystem.find(root, detail=True)
    for path, details in found.items():
        version = (
            details.get("ETag") or details.get("etag") or details.get("LastModified") or details.get("mtime")
        )
        yield InputFile(
            video=path.removeprefix(root.rstrip("/") + "/"),
            uri=filesystem.unstrip_protocol(path),
            size_bytes=details.get("size"),
            stamp=f"{details.get('size')}-{version}",
        )
