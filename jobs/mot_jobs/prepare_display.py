"""How the preparation of a data set shows itself: bars while it works, tables of what it came to."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from mot_jobs.dataset_tables import not_ready_table, problem_table, source_table, split_table
from mot_jobs.terminal import print_table
from mot_platform.datasets.download.progress import FileProgress
from mot_platform.datasets.preparing import Listener, Prepared
from mot_platform.datasets.readers.media import LookedAt

LINE_INTERVAL_S = 10.0
"""Least time between plain lines about one file."""


@contextmanager
def progress_on_stderr() -> Iterator[Listener]:
    """Yield who shows progress: bars if stderr is a terminal, else plain lines."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield Listener(file=lines.file, video=lines.video)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        bars = Bars(progress)
        yield Listener(file=bars.file, video=bars.video)


class Bars:
    """A bar for each file that is at work and one for all videos, for a terminal.

    A file that is done or has failed becomes a line above the bars.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._ended: Counter[str] = Counter()

    def file(self, event: FileProgress) -> None:
        """Show how far a file is, and how many there are."""
        name = f"{event.action} {event.name}"
        if event.state in ("done", "failed"):
            self._ended[event.action] += 1
            if name in self._tasks:
                self._progress.remove_task(self._tasks.pop(name))
            self._progress.console.print(escape(described(event)), highlight=False)
            if event.num_files > 1:
                ended = self._ended[event.action]
                all_files = f"{event.action}: files"
                self._show(all_files, all_files, ended, event.num_files, f"{ended} of {event.num_files}")
            return
        note = f": {event.message}" if event.message else ""
        self._show(name, name + note, event.done_bytes, event.total_bytes, _megabytes(event))

    def video(self, seen: LookedAt) -> None:
        """Show how many videos were looked at."""
        name = "look at videos"
        self._show(name, name, seen.number, seen.total, f"{seen.number} of {seen.total}")

    def _show(self, name: str, description: str, done: int, total: int | None, amount: str) -> None:
        description = escape(description)
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(description, total=total, amount=amount)
        self._progress.update(
            self._tasks[name], description=description, completed=done, total=total, amount=amount
        )


class Lines:
    """Plain lines on stderr, for logs."""

    def __init__(self, interval_s: float = LINE_INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._said_at: dict[tuple[str, str], float] = {}
        self._ended: Counter[str] = Counter()

    def file(self, event: FileProgress) -> None:
        """Print how far a file is, unless its last line is fresh, and how many there are."""
        key, now = (event.action, event.name), time.monotonic()
        count = ""
        if event.state in ("done", "failed"):
            self._ended[event.action] += 1
            count = f" ({self._ended[event.action]} of {event.num_files})" if event.num_files > 1 else ""
        is_news = event.state != "running" or now - self._said_at.setdefault(key, now) >= self._interval_s
        if is_news:
            self._said_at[key] = now
            print(described(event) + count, file=sys.stderr, flush=True)

    def video(self, seen: LookedAt) -> None:
        """Print how many videos were looked at, unless the last line is fresh."""
        key, now = ("look", "videos"), time.monotonic()
        is_due = now - self._said_at.setdefault(key, now) >= self._interval_s
        if is_due or seen.number == seen.total:
            self._said_at[key] = now
            print(f"looked at {seen.number} of {seen.total} videos", file=sys.stderr, flush=True)


def described(event: FileProgress) -> str:
    """Return one line that says how far a file is."""
    line = f"{event.action} {event.name}: {event.state}"
    if event.message:
        return f"{line}, {event.message}"
    line += f", {_megabytes(event)}" if event.total_bytes else ""
    is_timed = event.state == "running" and event.eta_s is not None
    return f"{line}, {event.eta_s:,.0f} s to go" if is_timed else line


def _megabytes(event: FileProgress) -> str:
    """Return how much of a file is done, and how fast it goes."""
    total = "" if event.total_bytes is None else f" of {event.total_bytes / 1e6:,.1f}"
    is_going = event.state == "running" and event.bytes_per_s is not None
    rate = f" at {(event.bytes_per_s or 0) / 1e6:.1f} MB/s" if is_going else ""
    return f"{event.done_bytes / 1e6:,.1f}{total} MB{rate}"


def print_prepared(prepared: Prepared) -> None:
    """Print what a preparation came to: first what is wrong, then what there is."""
    if (failed := _failed_table(prepared)).row_count:
        print("\nfiles that could not be had:")
        print_table(failed)
    if prepared.problems:
        print("\nproblems:")
        print_table(problem_table(prepared.problems))
    if prepared.source.not_ready:
        print("\nvideos that are not ready:")
        print_table(not_ready_table([prepared.source]))
    print_table(source_table([prepared.source], {prepared.source.name: prepared.digest}))
    print_table(split_table([prepared.source]))
    print(_outcome(prepared))


def _failed_table(prepared: Prepared) -> Table:
    """Return a table of files that were not fetched or cut."""
    table = Table("file", "why", box=box.SIMPLE)
    for file in prepared.download.failed if prepared.download else ():
        table.add_row(Text(file.name), Text(file.reason))
    for video in prepared.cut:
        if video.status != "done":
            table.add_row(Text(video.source.name), Text(video.error))
    return table


def _outcome(prepared: Prepared) -> str:
    if prepared.index is not None:
        return f"in {prepared.index} as {prepared.source.name}, digest {prepared.digest}"
    if any(problem.fatal for problem in prepared.problems):
        return "not written: mend what must be mended first"
    return "only checked; no index was written"
