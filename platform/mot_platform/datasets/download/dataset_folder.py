"""The folder of a data set on this disk: which files are there, and whether they are still the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.checksums import file_checksum
from mot_platform.datasets.download.download_report import FileOutcome
from mot_platform.datasets.download.progress import Progress
from mot_platform.datasets.download.receipt import Receipt, ReceiptEntry
from mot_platform.datasets.download.transfer import Fetched
from mot_platform.datasets.download.unpacking import Unpacked, unpack


class DatasetFolder:
    """The files and the receipt of a data set; any number of threads may use it, each for other files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._receipt = Receipt(root)

    def look(self, file: RemoteFile) -> FileOutcome | None:
        """Return that a file is there, or that another one has its name; None if it must be fetched."""
        path = self.root / file.name
        if not path.is_file():
            return _there(file, 0) if self._is_unneeded(file) else None
        problem = (
            self._receipt.change_of(file.name) if self._receipt.entry(file.name) else _unofficial(file, path)
        )
        if problem is not None:
            reason = f"{path} {problem}; remove it to have it fetched again"
            return FileOutcome(name=file.name, status="failed", required=file.required, reason=reason)
        self._note(file, path)
        return _there(file, path.stat().st_size)

    def take_in(self, file: RemoteFile, fetched: Fetched) -> FileOutcome:
        """Record a file that has just arrived."""
        entry = ReceiptEntry(
            url=fetched.origin.url,
            size_bytes=fetched.size_bytes,
            checksum=fetched.checksum,
            modified_ns=(self.root / file.name).stat().st_mtime_ns,
            etag=fetched.origin.etag,
            last_modified=fetched.origin.last_modified,
            fetched_at=_now(),
        )
        self._receipt.record(file.name, entry)
        return FileOutcome(
            name=file.name,
            status="fetched",
            required=file.required,
            size_bytes=fetched.size_bytes,
            received_bytes=fetched.received_bytes,
        )

    def unpack(self, file: RemoteFile, progress: Progress | None) -> Unpacked:
        """Unpack what is missing of an archive, which may be gone if it was unpacked before.

        Raises:
            BadArchiveError: if it is cut short or damaged.
            InputError: if the disk has no room.
        """
        entry, path = self._receipt.entry(file.name), self.root / file.name
        if not path.is_file():
            return Unpacked(num_files=0, num_written=0, top_names=())
        folder = self.root / (file.unpack_into or ".")
        unpacked = unpack(path, folder, flat=file.flat, progress=progress, name=file.name)
        tops = tuple((folder / top).relative_to(self.root).as_posix() for top in unpacked.top_names)
        if entry is not None and entry.unpacked != tops:
            self._receipt.record(file.name, replace(entry, unpacked=tops))
        return unpacked

    def set_aside(self, file: RemoteFile) -> Path:
        """Rename a bad file, so that it is fetched again, and return its new path."""
        path = self.root / file.name
        aside = path.with_name(f"{path.name}.bad")
        path.replace(aside)
        self._receipt.forget(file.name)
        return aside

    def _is_unneeded(self, file: RemoteFile) -> bool:
        """Return whether what would be made of an absent file is there."""
        if file.replaced_by is not None and (self.root / file.replaced_by).is_file():
            return True
        entry = self._receipt.entry(file.name)
        if entry is None or not entry.unpacked:
            return False
        return all((self.root / top).exists() for top in entry.unpacked)

    def _note(self, file: RemoteFile, path: Path) -> None:
        """Record a good file that the receipt does not know, or by another time of change."""
        entry, stat = self._receipt.entry(file.name), path.stat()
        if entry is None:
            checksum = file_checksum(path)
            entry = ReceiptEntry(
                url=None,
                size_bytes=stat.st_size,
                checksum=checksum,
                modified_ns=stat.st_mtime_ns,
                fetched_at=_now(),
            )
            self._receipt.record(file.name, entry)
        elif entry.modified_ns != stat.st_mtime_ns:
            self._receipt.record(file.name, replace(entry, modified_ns=stat.st_mtime_ns))


def _unofficial(file: RemoteFile, path: Path) -> str | None:
    """Return how a file that nobody recorded differs from the official one, as far as that is known."""
    if file.checksum is None:
        return None
    checksum = file_checksum(path, like=file.checksum)
    return None if checksum == file.checksum else f"is {checksum}, expected {file.checksum}"


def _there(file: RemoteFile, size_bytes: int) -> FileOutcome:
    return FileOutcome(name=file.name, status="there", required=file.required, size_bytes=size_bytes)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
