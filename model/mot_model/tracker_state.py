"""Everything that the tracker remembers between frames, as arrays over the live tracks.

A state is a value: a step returns a new one and never writes into the arrays of the old one. It pickles, and
a restored state goes on exactly as the original would have.
"""

# M live tracks, D embedding, K memory frames, F action feature

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mot_model.structures import Array

_TRACK_ARRAYS = (
    "track_id",
    "class_id",
    "motion",
    "last_xyxy",
    "last_seen_s",
    "num_hits",
    "score",
    "embedding",
    "memory",
    "memory_time_s",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackerState:
    """What is known of every live track after a frame."""

    next_track_id: int
    """Id of the next new track, from 1; never goes back."""
    num_frames: int
    """Frames seen."""
    clock_s: float
    """Seconds since the first frame, by steps that are never negative; track times are on this clock."""
    time_s: float
    """Presentation time of the last frame, NaN before the first."""
    track_id: Array
    """int64 `(M,)`, ascending."""
    class_id: Array
    """int64 `(M,)`."""
    motion: Array
    """float64 `(M, 5, 4)`, see `mot_model.kalman`, at `clock_s`."""
    last_xyxy: Array
    """float64 `(M, 4)`, last detected box, moved along with the camera since."""
    last_seen_s: Array
    """float64 `(M,)`, clock time of the last detection."""
    num_hits: Array
    """int64 `(M,)`, detections so far; tracks of the first frame begin with as many as it takes to report."""
    score: Array
    """float64 `(M,)`, score of the last detection."""
    embedding: Array
    """float64 `(M, D)`, unit norm, running mean, zeros while unknown; D is 0 until detections have one."""
    memory: Array
    """float32 `(M, K, F)`, last action features, newest last; F is 0 until detections have one."""
    memory_time_s: Array
    """float64 `(M, K)`, clock time of each feature, NaN where the memory is not filled yet."""

    def __len__(self) -> int:
        return len(self.track_id)

    @classmethod
    def empty(cls, memory_frames: int) -> TrackerState:
        """Return the state before the first frame."""
        return cls(
            next_track_id=1,
            num_frames=0,
            clock_s=0.0,
            time_s=float("nan"),
            track_id=np.zeros(0, np.int64),
            class_id=np.zeros(0, np.int64),
            motion=np.zeros((0, 5, 4)),
            last_xyxy=np.zeros((0, 4)),
            last_seen_s=np.zeros(0),
            num_hits=np.zeros(0, np.int64),
            score=np.zeros(0),
            embedding=np.zeros((0, 0)),
            memory=np.zeros((0, memory_frames, 0), np.float32),
            memory_time_s=np.zeros((0, memory_frames)),
        )

    def extended(self, **arrays: Array) -> TrackerState:
        """Return the state with new tracks behind the old ones, and `next_track_id` moved past them.

        Args:
            arrays: Every array over tracks by its name, each with the same number of new rows.
        """
        joined: dict[str, Any] = {n: np.concatenate([getattr(self, n), arrays[n]]) for n in _TRACK_ARRAYS}
        return replace(self, next_track_id=self.next_track_id + len(arrays["track_id"]), **joined)

    def kept(self, keep: Array) -> TrackerState:
        """Return the state with the tracks in the mask `keep` `(M,)` only."""
        if keep.all():
            return self
        left: dict[str, Any] = {name: getattr(self, name)[keep] for name in _TRACK_ARRAYS}
        return replace(self, **left)
