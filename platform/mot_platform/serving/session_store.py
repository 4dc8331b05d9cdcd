"""Where sessions outlive their replicas. A folder by default; another store needs these five methods."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from mot_platform.commit import committed


class FencedError(Exception):
    """Somebody else holds the session now; whoever gets this must let go of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to write a session, until the next claim."""

    session: str
    epoch: int
    """Rises by one with every claim."""
    holder: str
    """Who claimed: one connection, whatever replica serves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSession:
    """One line of the list of sessions."""

    session: str
    epoch: int
    updated_at: float
    """Unix time of the last claim or snapshot."""


class SessionStore(Protocol):
    """Snapshots by session, with fencing: only the newest claim may write."""

    def claim(self, session: str, *, holder: str, steal: bool) -> tuple[Claim, bytes | None]:
        """Return a new claim with the next epoch, and the newest snapshot if there is one.

        Args:
            session: Name of the session.
            holder: Who claims.
            steal: Take it from whoever holds it. Otherwise it must be `holder`'s already, or nobody's.

        Raises:
            FencedError: if it is somebody else's and may not be stolen.
        """
        ...

    def save(self, claim: Claim, snapshot: bytes) -> None:
        """Make `snapshot` the newest, for good.

        Raises:
            FencedError: if there is a newer claim, or the session was deleted.
        """
        ...

    def delete(self, session: str, *, epoch: int | None = None) -> bool:
        """Forget a session; with `epoch` only if that is still its newest. Return whether it was there."""
        ...

    def sessions(self) -> list[StoredSession]:
        """Return all sessions, by name."""
        ...

    def sweep(self, *, older_than_s: float, max_kept: int) -> int:
        """Delete sessions unused for `older_than_s`, and the oldest beyond `max_kept`; return how many."""
        ...


class FolderStore:
    """Sessions as folders, each with its claim, its snapshot and a lock file.

    Works between processes, and between machines where the file system supports POSIX locks.

    Args:
        root: Folder of sessions, created if need be.

    Raises:
        OSError: if it can't be created.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def claim(self, session: str, *, holder: str, steal: bool) -> tuple[Claim, bytes | None]:
        """See `SessionStore.claim`."""
        with self._locked(session, create=True) as folder:
            current = _read_claim(folder)
            if current is not None and not steal and current.holder != holder:
                raise FencedError(f"{session} is held by another connection since epoch {current.epoch}")
            claim = Claim(session=session, epoch=1 if current is None else current.epoch + 1, holder=holder)
            _replace(folder / "claim.json", json.dumps(asdict(claim)).encode())
            snapshot = folder / "snapshot.safetensors"
            return claim, snapshot.read_bytes() if snapshot.exists() else None

    def save(self, claim: Claim, snapshot: bytes) -> None:
        """See `SessionStore.save`."""
        with self._locked(claim.session, create=False) as folder:
            if _read_claim(folder) != claim:
                raise FencedError(f"{claim.session}: epoch {claim.epoch} is not the newest any more")
            _replace(folder / "snapshot.safetensors", snapshot)

    def delete(self, session: str, *, epoch: int | None = None) -> bool:
        """See `SessionStore.delete`."""
        try:
            with self._locked(session, create=False) as folder:
                current = _read_claim(folder)
                if current is None or (epoch is not None and current.epoch != epoch):
                    return False
                # In one step, or whoever opens the lock meanwhile puts a new one into the half empty folder.
                ended = self._root / f".{folder.name}.{uuid.uuid4().hex}"
                folder.rename(ended)
                shutil.rmtree(ended, ignore_errors=True)
                return True
        except FencedError:
            return False

    def sessions(self) -> list[StoredSession]:
        """See `SessionStore.sessions`."""
        found = []
        for folder in self._root.glob("[!.]*"):
            claim = _read_claim(folder)
            if claim is not None:
                snapshot = folder / "snapshot.safetensors"
                updated_at = max(_modified_at(folder / "claim.json"), _modified_at(snapshot))
                found.append(StoredSession(session=claim.session, epoch=claim.epoch, updated_at=updated_at))
        return sorted(found, key=lambda stored: stored.session)

    def sweep(self, *, older_than_s: float, max_kept: int) -> int:
        """See `SessionStore.sweep`."""
        for left_over in self._root.glob(".*"):
            shutil.rmtree(left_over, ignore_errors=True)
        newest_first = sorted(self.sessions(), key=lambda stored: -stored.updated_at)
        limit = time.time() - older_than_s
        ended = [s for rank, s in enumerate(newest_first) if rank >= max_kept or s.updated_at < limit]
        return sum(self.delete(stored.session, epoch=stored.epoch) for stored in ended)

    @contextmanager
    def _locked(self, session: str, *, create: bool) -> Iterator[Path]:
        """Hold the session's lock and yield its folder.

        Raises:
            FencedError: if there is no such session and none shall be created.
        """
        folder = self._root / hashlib.sha256(session.encode()).hexdigest()[:32]
        while True:
            if create:
                folder.mkdir(exist_ok=True)
            try:
                lock = (folder / "lock").open("a")
            except FileNotFoundError:
                if create:
                    continue  # deleted between the two lines
                raise FencedError(f"{session} was deleted") from None
            with lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if _is_at(lock.fileno(), folder / "lock"):  # or it is the lock of a deleted session
                    yield folder
                    return


def _is_at(descriptor: int, path: Path) -> bool:
    """Return whether the open file is the one that is at `path` now."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _read_claim(folder: Path) -> Claim | None:
    try:
        return Claim(**json.loads((folder / "claim.json").read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _replace(target: Path, data: bytes) -> None:
    """Put `data` in place of `target` in one step: a reader sees the old bytes or the new."""
    with committed(target, scratch=target.parent) as draft:
        draft.write_bytes(data)


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
