"""Trackers in C++ behind a thin Python call, as contestants: `pyxtrackers` and `visiontrack-cpp`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant

OC_SORT_MIN_SCORE = 0.6
"""The library has no default; this is that of the authors' own command."""


class PyxTracker:
    """A tracker of `pyxtrackers` in the middle of a stream; the library promises the authors' own results."""

    def __init__(self, begin: Callable[[Any], Any], _camera_motion: bool) -> None:
        self._tracker = begin(import_module("pyxtrackers"))

    def prepare(self, detections: Detections) -> Array:
        """Return rows of box and score."""
        return np.column_stack([detections.xyxy, detections.score]).astype(np.float64)

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


def _sort(library: Any) -> Any:
    return library.Sort()


def _bytetrack(library: Any) -> Any:
    return library.BYTETracker()


def _oc_sort(library: Any) -> Any:
    return library.OCSort(OC_SORT_MIN_SCORE)


CONTESTANTS = (
    *(
        Contestant(library="pyxtrackers", algorithm=name, begin=partial(PyxTracker, begin))
        for name, begin in (("SORT", _sort), ("ByteTrack", _bytetrack), ("OC-SORT", _oc_sort))
    ),
    Contestant(library="visiontrack-cpp", algorithm="ByteTrack", begin=VisionTracker),
)
"""All of both libraries."""
