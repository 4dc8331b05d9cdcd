"""Detections of one frame in, tracks of that frame and the next state out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mot_model.kalman import KalmanNoise
from mot_model.structures import Array, Detections, Tracks
from mot_model.tracker_state import TrackerState

__all__ = ["Tracker", "TrackerConfig", "TrackerState"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackerConfig:
    """How tracks are matched, begun and ended."""

    noise: KalmanNoise = field(default_factory=KalmanNoise)
    """Motion model."""
    memory_frames: int = 16
    """Action features kept per track."""


class Tracker:
    """Multi-object tracker; holds only its configuration, so one may serve any number of streams."""

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self.config = config or TrackerConfig()

    def initial_state(self) -> TrackerState:
        """Return the state before the first frame."""
        return TrackerState.empty(self.config.memory_frames)

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks, Array]:
        """Return the state after this frame, its tracks, and each row's slot in the arrays of the state."""
        return state, Tracks.empty(), np.zeros(0, np.int64)
