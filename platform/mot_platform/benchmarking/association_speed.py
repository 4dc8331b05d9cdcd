"""Our tracker and those of others on synthetic crowds of growing size: what `bench associate` reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mot_platform.benchmarking.contestants import Field
from mot_platform.benchmarking.streams import crowd_stream
from mot_platform.benchmarking.timing import StepTime, time_steps
from mot_platform.errors import InputError
from mot_platform.report.machine import this_machine

NUM_FRAMES = 120
WARM_UP_FRAMES = 20
SEED = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationSpeed:
    """Times of a step by number of objects."""

    steps: dict[int, list[StepTime]]
    """Ours first."""
    field: Field

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {
            "machine": asdict(this_machine()),
            "versions": self.field.versions,
            "left_out": self.field.absent,
            "steps": {str(num): [asdict(time) for time in times] for num, times in self.steps.items()},
        }


def measure_association(
    field: Field, *, objects: Sequence[int], rounds: int, on_run: Callable[[], None] | None = None
) -> AssociationSpeed:
    """Return what a step of each tracker takes at each number of objects, all on the same streams.

    Args:
        field: Who takes part; the first is what the others are compared with.
        objects: Numbers of objects in view.
        rounds: Runs of each tracker at each number.
        on_run: Called after each run; there are rounds x objects x trackers of them.

    Raises:
        InputError: if a number of objects or of rounds is below 1.
    """
    if rounds < 1 or min(objects, default=0) < 1:
        raise InputError(f"--objects {list(objects)}, --rounds {rounds}: expected numbers from 1")
    steps = {
        num: time_steps(
            field.contestants,
            crowd_stream(num, NUM_FRAMES, seed=SEED),
            rounds=rounds,
            warm_up_frames=WARM_UP_FRAMES,
            on_run=on_run,
        )
        for num in sorted(set(objects))
    }
    return AssociationSpeed(steps=steps, field=field)
