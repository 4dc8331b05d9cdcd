"""Writing files so that they are either absent or complete and on disk, whatever is killed and when."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def committed(
    target: Path, *, scratch: Path, guard: contextlib.AbstractContextManager[None] | None = None
) -> Iterator[Path]:
    """Yield a path to write; when the block ends well, flush it to disk and rename it to `target`.

    A reader of `target` sees the file that was there before, or the new one; never a part of it. When the
    block raises, nothing changes and the written part is removed.

    Args:
        target: Where the file shall appear; a file there is replaced.
        scratch: Folder for the file meanwhile, on the same file system.
        guard: Held around the rename; may raise to forbid it.

    Raises:
        OSError: if the file can't be written, flushed or renamed.
    """
    draft = scratch / f"{target.name}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        yield draft
        publish(draft, target, guard=guard)
    finally:
        draft.unlink(missing_ok=True)


def publish(
    draft: Path, target: Path, *, guard: contextlib.AbstractContextManager[None] | None = None
) -> None:
    """Flush `draft` to disk and rename it to `target`, which is on the same file system.

    Args:
        draft: A complete file.
        target: Where it shall appear; a file there is replaced.
        guard: Held around the rename; may raise to forbid it.

    Raises:
        OSError: if it can't be flushed or renamed.
    """
    _flush(draft)
    with guard or contextlib.nullcontext():
        draft.replace(target)
        _flush(target.parent)


def commit_text(
    target: Path, text: str, *, scratch: Path, guard: contextlib.AbstractContextManager[None] | None = None
) -> None:
    """Write `text` to `target` as UTF-8, all or nothing."""
    with committed(target, scratch=scratch, guard=guard) as draft:
        draft.write_text(text, encoding="utf-8")


def retract(target: Path) -> None:
    """Remove `target` if it is there, for good."""
    target.unlink(missing_ok=True)
    _flush(target.parent)


def _flush(path: Path) -> None:
    """Force `path`, a file or the entries of a folder, from the page cache to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
