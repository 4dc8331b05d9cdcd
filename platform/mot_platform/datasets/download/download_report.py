"""What became of a download: a row per file, for a person to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mot_platform.datasets.download.catalogue import DatasetKind


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOutcome:
    """What became of one file of a data set."""

    name: str
    """Path below the folder of the data set."""
    status: Literal["fetched", "there", "failed"]
    required: bool
    """Whether the data set is useless without it."""
    reason: str = ""
    """Why it failed, one line with the addresses that were tried."""
    size_bytes: int = 0
    received_bytes: int = 0
    """Bytes that came over the network for it this time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DownloadReport:
    """What became of a data set."""

    kind: DatasetKind
    root: Path
    files: tuple[FileOutcome, ...]
    num_unpacked: int = 0
    """Files that were unpacked this time."""

    @property
    def fetched(self) -> tuple[FileOutcome, ...]:
        """Files that were not here before."""
        return tuple(file for file in self.files if file.status == "fetched")

    @property
    def already_there(self) -> tuple[FileOutcome, ...]:
        """Files that were."""
        return tuple(file for file in self.files if file.status == "there")

    @property
    def failed(self) -> tuple[FileOutcome, ...]:
        """Files that could not be had, a table for the user; single videos that are gone are normal."""
        return tuple(file for file in self.files if file.status == "failed")

    @property
    def usable(self) -> bool:
        """Whether nothing failed that the data set needs."""
        return not any(file.required for file in self.failed)

    @property
    def received_bytes(self) -> int:
        """Bytes that came over the network."""
        return sum(file.received_bytes for file in self.files)
