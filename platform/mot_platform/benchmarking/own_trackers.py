"""Our tracker as a contestant, and the simplest one that there is: the yardstick for speed and accuracy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import pairwise_iou
from mot_model.structures import Array, Detections, Tracks
from mot_model.tracker import Tracker, TrackerConfig
from mot_platform.benchmarking.contestants import Contestant

LIBRARY = "mot-action"
MIN_SCORE = 0.6
MIN_IOU = 0.3


class OwnTracker:
    """Our tracker in the middle of a stream."""

    def __init__(self, config: TrackerConfig | None = None, *, with_camera_motion: bool = False) -> None:
        self._tracker = Tracker(config)
        self._state = self._tracker.initial_state()
        self._with_camera_motion = with_camera_motion

    def prepare(self, detections: Detections) -> Detections:
        """Return the detections, without camera motion if it is not to be used."""
        return detections if self._with_camera_motion else replace(detections, camera_motion=None)

    def update(self, prepared: Detections) -> Tracks:
        """Return the tracks of the next frame."""
        self._state, tracks, _ = self._tracker.step(self._state, prepared)
        return tracks

    def read(self, output: Tracks) -> tuple[Array, Array]:
        """Return boxes and ids."""
        return output.xyxy, output.track_id


class OverlapTracker:
    """Boxes that follow each other by overlap alone, best assignment: no motion, no memory, no low scores.

    One overlap matrix and one assignment are the least that a tracker with a full cost matrix computes; one
    that looks at neighbours only can take less.
    """

    def __init__(self) -> None:
        self._xyxy, self._track_id, self._next = np.zeros((0, 4)), np.zeros(0, np.int64), 1

    def prepare(self, detections: Detections) -> Array:
        """Return the boxes with a sure score."""
        return detections.xyxy[detections.score >= MIN_SCORE].astype(np.float64)

    def update(self, prepared: Array) -> tuple[Array, Array]:
        """Return the boxes and ids of the next frame."""
        iou = pairwise_iou(self._xyxy, prepared)
        rows, columns = linear_sum_assignment(iou, maximize=True)
        matched = iou[rows, columns] >= MIN_IOU
        track_id = np.zeros(len(prepared), np.int64)
        track_id[columns[matched]] = self._track_id[rows[matched]]
        new = np.flatnonzero(track_id == 0)
        track_id[new] = np.arange(self._next, self._next + len(new))
        self._xyxy, self._track_id, self._next = prepared, track_id, self._next + len(new)
        return prepared, track_id

    def read(self, output: tuple[Array, Array]) -> tuple[Array, Array]:
        """Return boxes and ids."""
        return output


def ours(config: TrackerConfig | None = None) -> Contestant:
    """Return our tracker, at its defaults or as `config` says."""
    return Contestant(
        library=LIBRARY,
        algorithm="tracker",
        begin=lambda camera_motion: OwnTracker(config, with_camera_motion=camera_motion),
        takes_camera_motion=True,
    )


YARDSTICK = Contestant(
    library=LIBRARY, algorithm="yardstick: IoU and assignment", begin=lambda _: OverlapTracker()
)
"""The simplest tracker."""
