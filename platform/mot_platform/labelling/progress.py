"""How a long job shows that it lives: a bar on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

LINE_INTERVAL_S = 10.0
"""Least time between plain lines."""


class ProgressDisplay(Protocol):
    """Shows counts; called by the job as they change."""

    def show(self, tally: Tally) -> None:
        """Show `tally`."""


@dataclass(slots=True)
class Tally:
    """Counts of a job in progress."""

    num_videos: int = 0
    """Inputs of the job."""
    done: int = 0
    """Labelled, in this run or an earlier one."""
    dead: int = 0
    """Dead letters, of this run or an earlier one."""
    frames_left: int = 0
    """Frames that this run still has to perceive."""
    frames: int = 0
    """Frames that this run has perceived."""
    rows: int = 0
    """Rows that this run has committed."""
    phase: str = "probing"
    """What is going on."""
    _start_s: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> int:
        """Inputs neither labelled nor dead."""
        return self.num_videos - self.done - self.dead

    @property
    def frames_per_second(self) -> float:
        """Rate of perception since it began."""
        return self.frames / max(time.monotonic() - self._start_s, 1e-9)

    @property
    def remaining_s(self) -> float | None:
        """Time to go at this rate, None while there is no rate."""
        return self.frames_left / self.frames_per_second if self.frames else None

    def begin(self, phase: str, *, frames: int = 0) -> None:
        """Enter `phase`, with so many `frames` before it, and start its clock."""
        self.phase, self.frames_left, self._start_s = phase, frames, time.monotonic()

    def count(self, status: str) -> None:
        """Count a video that has come to its end: `done` or `dead`."""
        if status == "done":
            self.done += 1
        else:
            self.dead += 1

    def perceived(self, frames: int, *, dead: bool) -> None:
        """Count the frames of a segment; those of a dead one are only no longer left."""
        self.frames += 0 if dead else frames
        self.frames_left -= frames

    def __str__(self) -> str:
        remaining = "" if self.remaining_s is None else f", {_clock(self.remaining_s)} to go"
        return (
            f"{self.phase}: {self.done} done, {self.dead} dead, {self.left} left of {self.num_videos}; "
            f"{self.frames} frames at {self.frames_per_second:.1f}/s{remaining}"
        )


class Silence:
    """Shows nothing."""

    def show(self, tally: Tally) -> None:
        """Do nothing."""


class LineDisplay:
    """Plain lines on stderr, for logs."""

    def __init__(self, interval_s: float = LINE_INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._next_s = 0.0

    def show(self, tally: Tally) -> None:
        """Print a line, unless the last one is fresh."""
        if time.monotonic() >= self._next_s:
            print(tally, file=sys.stderr, flush=True)
            self._next_s = time.monotonic() + self._interval_s


class BarDisplay:
    """A bar over videos on stderr, for a terminal; a context manager."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("videos  {task.fields[note]}"),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("probing", total=None, note="")

    def show(self, tally: Tally) -> None:
        """Redraw the bar."""
        remaining = "" if tally.remaining_s is None else f"  {_clock(tally.remaining_s)} to go"
        note = f"{tally.dead} dead  {tally.frames} frames  {tally.frames_per_second:.1f}/s{remaining}"
        settled = tally.done + tally.dead
        self._progress.update(
            self._task, description=tally.phase, total=tally.num_videos, completed=settled, note=note
        )

    def __enter__(self) -> BarDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


@contextlib.contextmanager
def display_on_stderr() -> Iterator[ProgressDisplay]:
    """Yield a bar if stderr is a terminal, else plain lines."""
    if sys.stderr.isatty():
        with BarDisplay() as bar:
            yield bar
    else:
        yield LineDisplay()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
