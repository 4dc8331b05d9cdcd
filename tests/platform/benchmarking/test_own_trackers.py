"""Our tracker and the yardstick as contestants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mot_model.structures import Detections
from mot_model.tracker import TrackerConfig
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.own_trackers import YARDSTICK, OverlapTracker, ours


def test_ours_follows(
    follow_walkers: Callable[[Contestant], None], follow_camera: Callable[[Contestant], None]
) -> None:
    follow_walkers(ours())
    follow_camera(ours())


def test_settings_reach_ours(follow_walkers: Callable[[Contestant], None]) -> None:
    strict = ours(TrackerConfig(min_score=0.99, high_score=0.99, birth_score=0.99)).begin(False)
    found = Detections(
        frame_index=0,
        time_s=0.0,
        xyxy=np.array([[0, 0, 40, 100]], np.float32),
        score=np.array([0.9], np.float32),
        class_id=np.ones(1, np.int64),
    )
    assert len(strict.read(strict.update(found))[1]) == 0


def test_the_yardstick_follows_overlap_and_nothing_else(follow_walkers: Callable[[Contestant], None]) -> None:
    assert not YARDSTICK.takes_camera_motion
    tracker = OverlapTracker()
    here, moved, gone = (np.array([[x, 0.0, x + 40, 100]]) for x in (0, 10, 200))
    ids = [
        tracker.read(tracker.update(boxes))[1].tolist()
        for boxes in (here, moved, gone, np.zeros((0, 4)), gone)
    ]
    assert ids == [[1], [1], [2], [], [3]]
