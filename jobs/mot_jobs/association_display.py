"""How `associate` shows its work: a bar on a terminal, elsewhere a line per sequence."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mot_jobs.terminal import errors
from mot_platform.association.job import AssociationSummary, SequenceResult

_NAMES_SHOWN = 5


class AssociationDisplay:
    """Shows progress on stderr; a context manager.

    Args:
        num_sequences: How many there are.
        steps_seen: Whether `stepped` will be called; otherwise frames are counted when a sequence is done.
    """

    def __init__(self, num_sequences: int, *, steps_seen: bool) -> None:
        self._steps_seen = steps_seen
        self._frames = 0
        self._bar = Progress(
            TextColumn("associating"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("sequences  {task.fields[frames]} frames"),
            TimeElapsedColumn(),
            console=errors,
            disable=not errors.is_terminal,
        )
        self._task = self._bar.add_task("", total=num_sequences, frames=0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stepped(self, frames: int) -> None:
        """Count frames of a sequence in work."""
        self._frames += frames
        self._bar.update(self._task, frames=self._frames)

    def done(self, result: SequenceResult) -> None:
        """Count a sequence; off a terminal, print it."""
        if not self._steps_seen:
            self.stepped(result.frames)
        self._bar.advance(self._task)
        if result.error is not None:
            errors.print(f"failed: {result.sequence}: {result.error}", markup=False)
        elif not errors.is_terminal:
            errors.print(f"associated {result.sequence}: {counts([result])}", markup=False)


def counts(results: Iterable[SequenceResult]) -> str:
    """Return frames, boxes and ids over `results` in words."""
    done = list(results)
    frames, rows, ids = (sum(getattr(result, name) for result in done) for name in ("frames", "rows", "ids"))
    return f"{frames} frames, {rows} boxes, {ids} ids"


def remarks(summary: AssociationSummary) -> list[str]:
    """Return what had to be assumed, a line each."""
    assumed = [result.sequence for result in summary.results if result.assumed_frame_rate]
    clipped = [result.sequence for result in summary.results if result.num_clipped]
    number = sum(result.num_clipped for result in summary.results)
    lines = []
    if assumed:
        lines.append(f"30 frames per second assumed, no seqinfo.ini and no --fps: {_listed(assumed)}")
    if clipped:
        lines.append(f"{number} scores beyond 0 to 1 taken as the nearer end: {_listed(clipped)}")
    return lines


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
