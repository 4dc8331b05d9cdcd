"""Trackers in C++ behind a thin Python call, as contestants: `pyxtrackers` and `visiontrack-cpp`."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant


class PyxTracker:
    """A tracker of `pyxtrackers` in the middle of a stream; the library gives the authors' own results."""

    def __init__(
        self, class_name: str, settings: dict[str, float], min_score: float, _camera_motion: bool
    ) -> None:
        self._tracker: Any = getattr(import_module("pyxtrackers"), class_name)(**settings)
        self._min_score = min_score

    def prepare(self, detections: Detections) -> Array:
        """Return rows of box and score."""
        rows = np.column_stack([detections.xyxy, detections.score]).astype(np.float64)
        return rows[rows[:, 4] >= self._min_score]

    def update(self, prepared: Array) -> Array:
        """Return rows of box and id."""
        rows: Array = self._tracker.update(prepared)
        return rows

    def read(self, output: Array) -> tuple[Array, Array]:
        """Return boxes and ids."""
        rows = np.asarray(output).reshape(-1, 5)
        return rows[:, :4], rows[:, 4].astype(np.int64)


class VisionTracker:
    """The tracker of `visiontrack-cpp` in the middle of a stream."""

    def __init__(self, _camera_motion: bool) -> None:
        self._tracker: Any = import_module("visiontrack_cpp").ByteTracker()

    def prepare(self, detections: Detections) -> tuple[Array, Array]:
        """Return boxes and scores."""
        return detections.xyxy.astype(np.float64), detections.score.astype(np.float64)

    def update(self, prepared: tuple[Array, Array]) -> Any:
        """Return ids, boxes and more."""
        return self._tracker.update(*prepared)

    def read(self, output: Any) -> tuple[Array, Array]:
        """Return boxes and ids."""
        track_id, xyxy, *_ = output
        return np.asarray(xyxy).reshape(-1, 4), np.asarray(track_id, np.int64)


# SORT knows no scores: it gets what is from 0.4 on. The others have the settings of the authors' commands.
CONTESTANTS = (
    *(
        Contestant(
            library="pyxtrackers",
            algorithm=name,
            begin=partial(PyxTracker, class_name, settings, min_score),
        )
        for name, class_name, settings, min_score in (
            ("SORT", "Sort", {}, 0.4),
            ("ByteTrack", "BYTETracker", {"track_thresh": 0.6, "match_thresh": 0.9}, 0.0),
            ("OC-SORT", "OCSort", {"det_thresh": 0.6}, 0.0),
        )
    ),
    Contestant(library="visiontrack-cpp", algorithm="ByteTrack", begin=VisionTracker),
)
"""All of both libraries."""
