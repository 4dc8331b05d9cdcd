"""Trails hold the latest foot points and stay bounded."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.video.trails import TrailBuffer


def one_frame(frame_index: int, boxes: dict[int, tuple[float, float, float, float]]) -> Tracks:
    num = len(boxes)
    return Tracks(
        frame_index=np.full(num, frame_index, np.int32),
        time_s=np.full(num, frame_index / 25),
        track_id=np.array(list(boxes), np.int32),
        class_id=np.zeros(num, np.int16),
        xyxy=np.array(list(boxes.values()), np.float32).reshape(num, 4),
        score=np.ones(num, np.float32),
        action_score=np.zeros((num, 0), np.float32),
    )


def test_a_trail_is_the_middle_of_the_lower_edge_oldest_first() -> None:
    trails = TrailBuffer(max_points=2)
    for frame_index in range(3):
        trails.update(one_frame(frame_index, {7: (0, 0, 10, 20 + frame_index)}))
    np.testing.assert_array_equal(trails.points(7), [[5, 21], [5, 22]])
    assert trails.points(8).shape == (0, 2)


def test_the_track_unseen_for_longest_is_forgotten_first() -> None:
    trails = TrailBuffer(max_tracks=2)
    box = (0.0, 0.0, 1.0, 1.0)
    for frame_index, ids in enumerate([(1, 2), (1,), (3,)]):
        trails.update(one_frame(frame_index, dict.fromkeys(ids, box)))
    assert len(trails) == 2
    assert [len(trails.points(track_id)) for track_id in (1, 2, 3)] == [2, 0, 1]


def test_bounds_must_leave_room() -> None:
    with pytest.raises(ValueError, match="bounds"):
        TrailBuffer(max_points=0)
