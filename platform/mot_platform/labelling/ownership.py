"""One driver per output folder: a lock against a second one, an epoch against leftovers of a killed one.

The kernel drops both locks when their holder dies, so SIGKILL leaves nothing to clean up. The lock alone is
not enough: workers of a killed driver may live for seconds and would commit over the next driver's results.
Each driver therefore begins an epoch, and a worker commits only while its own epoch still runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from mot_platform.errors import InputError


class FolderBusyError(InputError):
    """Another driver is labelling into the same folder."""


class SupersededError(RuntimeError):
    """The driver of this worker is gone and another one has taken the folder over."""


@contextlib.contextmanager
def sole_driver(work: Path, epoch: str) -> Iterator[None]:
    """Hold the folder for the block, under the name `epoch`.

    Args:
        work: The `_work` folder.
        epoch: Name of this run, different from that of every other run.

    Raises:
        FolderBusyError: if another driver holds it.
    """
    with (work / "driver.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise FolderBusyError(
                f"{work.parent} is in use by another label job (process {holder}); "
                "wait for it, stop it, or choose another --out"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _begin(work, epoch)
        yield


@contextlib.contextmanager
def commit_right(work: Path, epoch: str) -> Iterator[None]:
    """Hold the right to change results for the block; no other epoch begins meanwhile.

    Raises:
        SupersededError: if another epoch has begun.
    """
    with (work / "epoch").open("r") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        current = file.read()
        if current != epoch:
            raise SupersededError(f"epoch {epoch} of {work.parent} is over, {current} runs now")
        yield


def _begin(work: Path, epoch: str) -> None:
    """Make `epoch` the one that may commit, once no worker of an earlier one is in the middle of a commit."""
    with (work / "epoch").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(epoch)
        file.flush()
