"""A file on its way: `<name>.part` has the bytes so far, `<name>.part.json` says whose bytes they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from mot_platform.commit import commit_text, publish


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What a server said of a file: enough to know whether later bytes belong to the same one."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    total_bytes: int | None = None
    checksum: str | None = None
    """What the server says the whole file's is, such as `md5:<hex>`."""

    @property
    def validator(self) -> str | None:
        """What `If-Range` may hold: a strong ETag or the time of the last change.

        Source: RFC 9110 section 13.1.5.
        """
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified

    def contradicts(self, other: Origin) -> bool:
        """Return whether both say something of the file and it differs."""
        pairs = (
            (self.etag, other.etag),
            (self.last_modified, other.last_modified),
            (self.total_bytes, other.total_bytes),
        )
        return any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs)


class PartFile:
    """The unfinished file of a target. Survives the process; one process works on it at a time."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._sidecar = target.with_name(f"{target.name}.part.json")

    @property
    def size_bytes(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> Origin | None:
        """Return whose bytes these are, None if nobody knows."""
        try:
            return Origin(**json.loads(self._sidecar.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, origin: Origin) -> None:
        """Drop all bytes; those to come are of `origin`."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._sidecar.unlink(missing_ok=True)  # a kill from here on leaves bytes of nobody
        self.path.write_bytes(b"")
        commit_text(self._sidecar, json.dumps(asdict(origin)), scratch=self.target.parent)

    def append(self, chunks: Iterable[bytes]) -> Iterator[int]:
        """Add bytes, yielding the size after each chunk; they outlive this process then."""
        with self.path.open("ab") as file:
            for chunk in chunks:
                file.write(chunk)
                file.flush()
                yield file.tell()

    def finish(self) -> None:
        """Make it the target, on disk."""
        publish(self.path, self.target)
        self._sidecar.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove what there is."""
        self.path.unlink(missing_ok=True)
        self._sidecar.unlink(missing_ok=True)
