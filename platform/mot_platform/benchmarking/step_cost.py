"""What one frame costs several networks, taken in turns on one thread.

Time is that of the thread on the CPU: on a machine that others use too, waiting for a turn does not count. A
machine may still be half as fast a minute later, so networks are compared within a round only, and each round
begins with another one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from mot_model.perceiver import StreamedNetwork

WARM_UP_STEPS = 2
"""Steps at the beginning of each turn that do not count."""
MAX_DETECTIONS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCost:
    """How long a network computes for a frame, from pixels to candidates."""

    median_ms: float
    """Median over the rounds of the median of the round."""
    ratio: float
    """Median over the rounds of its median to that of the first network in the same round."""


def step_costs(
    networks: Mapping[str, StreamedNetwork], *, rounds: int, steps: int = 10
) -> dict[str, StepCost]:
    """Return the cost of a step of each network, by its name.

    Args:
        networks: As they run in inference, on the CPU; the first is what the others are compared with.
        rounds: Turns of each.
        steps: Steps of a turn that count.
    """
    names = list(networks)
    rounds_ms: dict[str, list[float]] = {name: [] for name in names}
    with threadpool_limits(limits=1):
        for number in range(rounds):
            first = number % len(names)
            for name in (*names[first:], *names[:first]):
                rounds_ms[name].append(_turn_ms(networks[name], steps))
    reference = rounds_ms[names[0]]
    return {
        name: StepCost(
            median_ms=statistics.median(own),
            ratio=statistics.median(ms / base for ms, base in zip(own, reference, strict=True)),
        )
        for name, own in rounds_ms.items()
    }


@torch.inference_mode()
def _turn_ms(network: StreamedNetwork, steps: int) -> float:
    """Return the median milliseconds of `steps` steps of one stream."""
    width, height = network.config.input_wh
    generator = torch.Generator().manual_seed(0)
    frame = torch.randint(0, 256, (1, height, width, 3), dtype=torch.uint8, generator=generator)
    state, taken_ms = network.initial_state(), []
    for _ in range(WARM_UP_STEPS + steps):
        begun_ns = time.thread_time_ns()
        _, state = network.step(frame, state, MAX_DETECTIONS)
        taken_ms.append((time.thread_time_ns() - begun_ns) / 1e6)
    return statistics.median(taken_ms[WARM_UP_STEPS:])
