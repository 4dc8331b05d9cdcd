"""The trackers of `ultralytics` as contestants, without the detector that they come with."""

from __future__ import annotations

import os
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.known_motion import KnownMotion

NO_FRAME = np.zeros((2, 2, 3), np.uint8)
"""Given for the picture from which camera motion would be estimated."""
ANY_SIZE = (1080, 1920)
"""Size of the picture that the library wants with boxes in pixels; it makes no difference to them."""


class UltralyticsTracker:
    """A tracker of the library in the middle of a stream, with the settings of its YAML file."""

    def __init__(self, class_name: str, settings: str, camera_motion: bool) -> None:
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")  # else importing it may run pip
        read = import_module("ultralytics.utils").YAML.load
        path = import_module("ultralytics.utils.checks").check_yaml(settings)
        arguments = import_module("ultralytics.utils").IterableSimpleNamespace(**read(path))
        self._tracker: Any = getattr(import_module("ultralytics.trackers"), class_name)(arguments)
        self._boxes_type: Any = import_module("ultralytics.engine.results").Boxes
        self._motion = KnownMotion() if camera_motion else None
        if self._motion is not None:
            self._tracker.gmc = self._motion

    def prepare(self, detections: Detections) -> tuple[Any, Array | None]:
        """Return the library's own type, and the camera motion."""
        columns = (detections.xyxy, detections.score, detections.class_id.astype(np.float32))
        return self._boxes_type(np.column_stack(columns), ANY_SIZE), detections.camera_motion

    def update(self, prepared: tuple[Any, Array | None]) -> Array:
        """Return rows of box, id and more."""
        boxes, camera_motion = prepared
        if self._motion is None:
            rows: Array = self._tracker.update(boxes)
            return rows
        self._motion.tell(camera_motion)
        rows = self._tracker.update(boxes, NO_FRAME)
        return rows

    def read(self, output: Array) -> tuple[Array, Array]:
        """Return boxes and ids."""
        rows = output.reshape(-1, 8)
        return rows[:, :4], rows[:, 4].astype(np.int64)


CONTESTANTS = tuple(
    Contestant(
        library="ultralytics",
        algorithm=name,
        begin=partial(UltralyticsTracker, class_name, settings),
        takes_camera_motion=name in ("BoT-SORT", "TrackTrack"),
    )
    for name, class_name, settings in (
        ("ByteTrack", "BYTETracker", "bytetrack.yaml"),
        ("BoT-SORT", "BOTSORT", "botsort.yaml"),
        ("OC-SORT", "OCSORT", "ocsort.yaml"),
        ("FastTracker", "FASTTracker", "fasttrack.yaml"),
        ("TrackTrack", "TRACKTRACK", "tracktrack.yaml"),
    )
)
"""All that work on boxes alone."""
