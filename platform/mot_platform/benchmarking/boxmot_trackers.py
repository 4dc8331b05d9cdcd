"""The trackers of `boxmot` as contestants, without appearance."""

from __future__ import annotations

import logging
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.known_motion import KnownMotion

NO_FRAME = np.zeros((1080, 1920, 3), np.uint8)
"""Given for the picture to those that want one, for its size or to estimate camera motion."""


class BoxmotTracker:
    """A tracker of the library in the middle of a stream, at the defaults of its class."""

    def __init__(self, class_name: str, settings: dict[str, Any], camera_motion: bool) -> None:
        if camera_motion:
            settings = settings | {"use_cmc": True}
        begin = getattr(import_module("boxmot"), class_name)
        logging.getLogger("boxmot").setLevel(logging.WARNING)  # it says its settings each time
        self._tracker: Any = begin(**settings)
        self._frame = NO_FRAME if self._tracker.requirements.frame else None
        self._motion = KnownMotion() if camera_motion else None
        if self._motion is not None:
            self._tracker.cmc = self._motion

    def prepare(self, detections: Detections) -> tuple[Array, Array | None]:
        """Return rows of box, score and class, and the camera motion."""
        rows = np.column_stack([detections.xyxy, detections.score, np.zeros(len(detections))])
        return rows.astype(np.float32), detections.camera_motion

    def update(self, prepared: tuple[Array, Array | None]) -> Array:
        """Return rows of box, id and more."""
        rows, camera_motion = prepared
        if self._motion is not None:
            self._motion.tell(camera_motion)
        tracked: Array = self._tracker.update(rows, self._frame)
        return tracked

    def read(self, output: Array) -> tuple[Array, Array]:
        """Return boxes and ids."""
        rows = np.asarray(output).reshape(-1, 8)
        return rows[:, :4], rows[:, 4].astype(np.int64)


CONTESTANTS = tuple(
    Contestant(
        library="boxmot",
        algorithm=name,
        begin=partial(BoxmotTracker, class_name, settings),
        takes_camera_motion=name in ("BoT-SORT", "BoostTrack"),
    )
    for name, class_name, settings in (
        ("ByteTrack", "ByteTrack", {}),
        ("OC-SORT", "OcSort", {}),
        ("SFSORT", "SFSORT", {}),
        ("BoT-SORT", "BotSort", {"use_embeddings": False, "use_cmc": False}),
        ("HybridSORT", "HybridSort", {"use_embeddings": False, "cmc_method": None}),
        ("BoostTrack", "BoostTrack", {"use_embeddings": False, "use_cmc": False}),
        ("OccluBoost", "OccluBoost", {"use_embeddings": False, "use_cmc": False}),
    )
)
"""All that work on boxes alone."""
