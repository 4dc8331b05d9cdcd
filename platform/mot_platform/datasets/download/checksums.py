"""Digests of files, written as `sha256:<hex>` or `md5:<hex>`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_FORM = re.compile(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}")


def file_checksum(path: Path, *, like: str | None = None) -> str:
    """Return the checksum of a file.

    Args:
        path: The file.
        like: A checksum whose algorithm to take; None takes SHA-256.

    Raises:
        ValueError: if `like` is no checksum.
        OSError: if the file can't be read.
    """
    if like is not None and not _FORM.fullmatch(like):
        raise ValueError(f"checksum must be sha256: or md5: and the digest in hex, got {like!r}")
    algorithm = "sha256" if like is None else like.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, algorithm)
    return f"{algorithm}:{digest.hexdigest()}"
