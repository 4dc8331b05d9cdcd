"""The trackers of roboflow's `trackers` as contestants."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.known_motion import KnownMotion

NO_FRAME = np.zeros((2, 2, 3), np.uint8)
"""Given for the picture from which camera motion would be estimated."""


class RoboflowTracker:
    """A tracker of the library in the middle of a stream."""

    def __init__(self, class_name: str, camera_motion: bool) -> None:
        self._tracker: Any = getattr(import_module("trackers"), class_name)()
        self._detections_type: Any = import_module("supervision").Detections
        self._motion = KnownMotion() if camera_motion else None
        if self._motion is not None:
            self._tracker.cmc = self._motion

    def prepare(self, detections: Detections) -> tuple[Any, Array | None]:
        """Return the library's own type, and the camera motion."""
        found = self._detections_type(
            xyxy=detections.xyxy, confidence=detections.score, class_id=detections.class_id
        )
        return found, detections.camera_motion

    def update(self, prepared: tuple[Any, Array | None]) -> Any:
        """Return the detections with their ids."""
        detections, camera_motion = prepared
        if self._motion is None:
            return self._tracker.update(detections)
        self._motion.tell(camera_motion)
        return self._tracker.update(detections, NO_FRAME)

    def read(self, output: Any) -> tuple[Array, Array]:
        """Return the boxes that have an id, and it."""
        has_id = output.tracker_id >= 0
        return output.xyxy[has_id], output.tracker_id[has_id]


CONTESTANTS = tuple(
    Contestant(
        library="trackers",
        algorithm=name,
        begin=partial(RoboflowTracker, class_name),
        takes_camera_motion=name == "BoT-SORT",
    )
    for name, class_name in (
        ("SORT", "SORTTracker"),
        ("ByteTrack", "ByteTrackTracker"),
        ("OC-SORT", "OCSORTTracker"),
        ("BoT-SORT", "BoTSORTTracker"),
        ("C-BIoU", "CBIoUTracker"),
    )
)
"""All that work on boxes alone."""
