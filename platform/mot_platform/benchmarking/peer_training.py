"""What every peer's training is given, and what it leaves behind: weights and how it went."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

CURVE_POINTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What a peer may use to learn."""

    limit_s: float
    """Wall time from the first step on; what comes before, such as reading labels, is free."""
    threads: int = 1
    """CPU threads of the network."""
    seed: int = 0
    """Of weights, order and augmentation."""

    def __post_init__(self) -> None:
        if self.limit_s <= 0 or self.threads < 1:
            raise ValueError(
                f"a budget needs time and a thread, got {self.limit_s} s, {self.threads} threads"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRecord:
    """How a training went."""

    seconds: float
    """Wall time from the first step on."""
    cpu_seconds: float
    """Time of all processors in it: far below `seconds` times the threads where the machine was shared."""
    samples: int
    """Images or clips seen, repeated ones counted again."""
    losses: tuple[float, ...]
    """Mean loss of each of up to `CURVE_POINTS` equal parts of the training."""


@dataclass(kw_only=True, slots=True)
class TrainingClock:
    """Measures a training while it runs."""

    budget: Budget
    samples: int = 0
    _begun_s: float = field(default_factory=time.perf_counter)
    _begun_cpu_s: float = field(default_factory=time.process_time)
    _losses: list[float] = field(default_factory=list)

    def restart(self) -> None:
        """Begin now."""
        self._begun_s, self._begun_cpu_s = time.perf_counter(), time.process_time()

    def count(self, samples: int, loss: float) -> None:
        """Note a batch."""
        self.samples += samples
        self._losses.append(loss)

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return time.perf_counter() - self._begun_s

    @property
    def progress(self) -> float:
        """Share of the budget that is used up, range [0, 1]."""
        return min(1.0, self.seconds / self.budget.limit_s)

    def record(self) -> TrainingRecord:
        """Return how it went so far."""
        parts = np.array_split(np.array(self._losses), CURVE_POINTS)
        losses = tuple(float(part.mean()) for part in parts if len(part))
        return TrainingRecord(
            seconds=self.seconds,
            cpu_seconds=time.process_time() - self._begun_cpu_s,
            samples=self.samples,
            losses=losses,
        )
