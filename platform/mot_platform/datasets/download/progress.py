"""How far a download is: one small event, for whoever shows it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Action = Literal["fetch", "unpack", "cut"]
State = Literal["running", "waiting", "done", "failed"]

_WINDOW_S = 15.0
_EVENT_EVERY_S = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class FileProgress:
    """How far one file is."""

    name: str
    """Path below the folder of the data set."""
    action: Action
    state: State
    """`done` and `failed` come once per file and action; a file that is there already is done at once."""
    done_bytes: int = 0
    total_bytes: int | None = None
    """None as long as nobody has told."""
    bytes_per_s: float | None = None
    """Over the last seconds; None at the start."""
    num_files: int = 1
    """Files of this action, as far as they are known: the list of videos adds to them."""
    message: str = ""
    """Why it waits or failed, or that it is checked."""

    @property
    def eta_s(self) -> float | None:
        """Seconds to the end at this rate, None where unknown."""
        if self.total_bytes is None or not self.bytes_per_s:
            return None
        return max(0, self.total_bytes - self.done_bytes) / self.bytes_per_s


Progress = Callable[[FileProgress], None]
"""Told of every change, about ten times a second per file, never from two threads at once."""


class ProgressMeter:
    """Turns counts of bytes into events for one file and action."""

    def __init__(self, progress: Progress | None, *, name: str, action: Action, num_files: int = 1) -> None:
        self._progress = progress
        self._name = name
        self._action: Action = action
        self._num_files = num_files
        self._samples: deque[tuple[float, int]] = deque()
        self._told_at = float("-inf")
        self.done_bytes = 0
        self.total_bytes: int | None = None

    def at(self, done_bytes: int, total_bytes: int | None) -> None:
        """Say how far the file is."""
        now = time.monotonic()
        self.done_bytes, self.total_bytes = done_bytes, total_bytes
        if self._samples and done_bytes < self._samples[-1][1]:
            self._samples.clear()  # begun anew
        if now - self._told_at < _EVENT_EVERY_S:
            return
        self._told_at = now
        self._samples.append((now, done_bytes))
        while now - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        self._tell("running")

    def waiting(self, message: str) -> None:
        """Say that nothing happens for a while, and why."""
        self._tell("waiting", message)

    def checking(self) -> None:
        """Say that all bytes are here and are read once more."""
        self._tell("running", "checking")

    def done(self) -> None:
        """Say that the file is done."""
        self._tell("done")

    def failed(self, message: str) -> None:
        """Say that the file can't be had."""
        self._tell("failed", message)

    def _tell(self, state: State, message: str = "") -> None:
        if self._progress is None:
            return
        self._progress(
            FileProgress(
                name=self._name,
                action=self._action,
                state=state,
                done_bytes=self.done_bytes,
                total_bytes=self.total_bytes,
                bytes_per_s=self._rate(),
                num_files=self._num_files,
                message=message,
            )
        )

    def _rate(self) -> float | None:
        if len(self._samples) < 2 or self._samples[-1][0] <= self._samples[0][0]:
            return None
        (begin_s, begin), (end_s, end) = self._samples[0], self._samples[-1]
        return (end - begin) / (end_s - begin_s)


def one_at_a_time(progress: Progress | None) -> Progress | None:
    """Return `progress` for use from several threads."""
    if progress is None:
        return None
    lock = threading.Lock()

    def tell(event: FileProgress) -> None:
        with lock:
            progress(event)

    return tell
