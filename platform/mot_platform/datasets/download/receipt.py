"""What was fetched, from where, when, and what it was: `ROOT/download.json`, so that a change is noticed."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mot_platform.commit import commit_text
from mot_platform.config import describe
from mot_platform.datasets.download.checksums import file_checksum
from mot_platform.errors import InputError

RECEIPT_FILE = "download.json"
_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptEntry:
    """One file as it arrived."""

    url: str | None
    """Where it came from; None for one that was here already."""
    size_bytes: int
    checksum: str
    """SHA-256 of what arrived: proof that it is still the same, not that the publisher meant it."""
    modified_ns: int
    """Time of its last change on this disk. A file of this size and time is not read again."""
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: str
    """UTC, ISO 8601."""
    unpacked: tuple[str, ...] = ()
    """Of an archive that is unpacked: what that made, the topmost names below the folder of the data set."""


class Receipt:
    """The receipt of a folder; any number of threads may use it, but one process."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._entries = _read(root / RECEIPT_FILE)

    def entry(self, name: str) -> ReceiptEntry | None:
        """Return what is known of a file."""
        with self._lock:
            return self._entries.get(name)

    def record(self, name: str, entry: ReceiptEntry) -> None:
        """Write down a file."""
        with self._lock:
            self._entries[name] = entry
            self._write()

    def forget(self, name: str) -> None:
        """Strike out a file."""
        with self._lock:
            if self._entries.pop(name, None) is not None:
                self._write()

    def change_of(self, name: str) -> str | None:
        """Return what is different from the receipt, in one line; None if nothing is.

        A file of the size and time that the receipt has is not read.
        """
        entry, path = self.entry(name), self._root / name
        if entry is None:
            return None
        stat = path.stat()
        if stat.st_size != entry.size_bytes:
            return f"has {stat.st_size:,} bytes, {entry.size_bytes:,} were fetched"
        if stat.st_mtime_ns == entry.modified_ns:
            return None
        checksum = file_checksum(path)
        return None if checksum == entry.checksum else f"is {checksum}, {entry.checksum} was fetched"

    def _write(self) -> None:
        files = {name: self._entries[name] for name in sorted(self._entries)}
        text = json.dumps({"version": _VERSION, "files": _ENTRIES.dump_python(files, mode="json")}, indent=1)
        commit_text(self._root / RECEIPT_FILE, text + "\n", scratch=self._root)


_ENTRIES = TypeAdapter(dict[str, ReceiptEntry])


def _read(path: Path) -> dict[str, ReceiptEntry]:
    """Return the entries of a receipt, none if there is no file.

    Raises:
        InputError: if it is no receipt.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("version") != _VERSION:
            raise InputError(f"{path}: not a receipt of version {_VERSION}; remove it to begin anew")
        return _ENTRIES.validate_python(content.get("files"))
    except ValidationError as error:
        raise InputError(f"{path}: not a receipt: {describe(error)}; remove it to begin anew") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: can't be read: {error}; remove it to begin anew") from error
