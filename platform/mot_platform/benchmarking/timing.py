"""Milliseconds per step of several trackers, taken in turns in one process.

A machine may be half as fast a minute later. So in every round each tracker runs over the stream right after
the one that it is compared with, and only these two runs make a ratio; rounds begin with different trackers.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant

MAX_RUN_S = 2.0
"""A run of a slow tracker ends after this long, but not before `MIN_STEPS`."""
MIN_STEPS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class StepTime:
    """How long a tracker takes for a frame."""

    name: str
    median_ms: float
    """Median over the rounds of the median of the round."""
    p99_ms: float
    """Of all steps of all rounds."""
    ratio: float
    """Median over the rounds of this tracker's median to that of the first tracker just before it."""


def time_steps(
    contestants: Sequence[Contestant],
    stream: Sequence[Detections],
    *,
    rounds: int,
    warm_up_frames: int,
    on_run: Callable[[], None] | None = None,
) -> list[StepTime]:
    """Return the time of a step of each of `contestants`, on one thread.

    Args:
        contestants: Who is timed; the first is what the others are compared with.
        stream: The frames of a run.
        rounds: Runs of each.
        warm_up_frames: Steps at the beginning of each run that do not count.
        on_run: Called when a tracker is done with a round.

    Raises:
        ValueError: if the stream does not outlast the warm-up.
    """
    if not 0 <= warm_up_frames < len(stream):
        raise ValueError(f"{warm_up_frames} frames of warm-up, but the stream has {len(stream)}")
    reference, *others = contestants
    pairs: dict[str, list[tuple[Array, Array]]] = {contestant.name: [] for contestant in contestants}
    gc.collect()
    gc.freeze()  # what the libraries keep in memory is not searched again at the cost of whoever allocates
    try:
        with threadpool_limits(limits=1):
            for number in range(rounds):
                first = number % max(1, len(others))
                for contestant in (reference, *others[first:], *others[:first]):
                    before = _run(reference, stream, warm_up_frames)
                    after = before if contestant is reference else _run(contestant, stream, warm_up_frames)
                    pairs[contestant.name].append((before, after))
                    if on_run is not None:
                        on_run()
    finally:
        gc.unfreeze()
    return [_summary(name, runs) for name, runs in pairs.items()]


def _run(contestant: Contestant, stream: Sequence[Detections], warm_up_frames: int) -> Array:
    """Return the milliseconds of each step of one run."""
    tracker = contestant.begin(False)
    prepared = [tracker.prepare(detections) for detections in stream]
    gc.collect()
    taken_ns = []
    begun_s = time.perf_counter()
    for number, detections in enumerate(prepared):
        begun_ns = time.perf_counter_ns()
        tracker.update(detections)
        taken_ns.append(time.perf_counter_ns() - begun_ns)
        if number >= warm_up_frames + MIN_STEPS and time.perf_counter() - begun_s > MAX_RUN_S:
            break
    return np.array(taken_ns[warm_up_frames:]) / 1e6


def _summary(name: str, pairs: Sequence[tuple[Array, Array]]) -> StepTime:
    """Return the figures of a tracker from its runs, each with that of the first tracker just before."""
    medians = np.array([[np.median(run) for run in pair] for pair in pairs])  # (rounds, 2)
    return StepTime(
        name=name,
        median_ms=float(np.median(medians[:, 1])),
        p99_ms=float(np.percentile(np.concatenate([run for _, run in pairs]), 99)),
        ratio=float(np.median(medians[:, 1] / medians[:, 0])),
    )
