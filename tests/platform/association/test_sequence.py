"""Stepping a tracker over the frames of a sequence."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.structures import Array
from mot_model.tracker import TrackerConfig
from mot_platform.association.sequence import FRAMES_PER_REPORT, associate_sequence, frame_times
from mot_platform.formats.detection_rows import DetectionRows, sorted_rows


def walker(frame_index: list[int], *, step_px: float = 5.0, time_s: Array | None = None) -> DetectionRows:
    """Return one person who walks to the right, seen in some frames."""
    left = 100 + step_px * np.array(frame_index, np.float64)
    num = len(frame_index)
    return sorted_rows(
        frame_index=np.array(frame_index, np.int64),
        xyxy=np.stack([left, np.full(num, 50), left + 40, np.full(num, 150)], axis=1),
        score=np.full(num, 0.95),
        class_id=np.ones(num, np.int64),
        time_s=time_s,
    )


def test_frames_without_detections_are_steps_and_frames_keep_their_numbers() -> None:
    seen = [3, 4, 5, 6, 9, 10, 11]
    done: list[int] = []
    tracks = associate_sequence(
        walker(seen), TrackerConfig(), frames=range(15), frame_rate_hz=10, on_frames=done.append
    )
    assert set(tracks.track_id) == {1}
    assert set(tracks.frame_index) <= set(seen)
    assert tracks.frame_index[-1] == 11
    np.testing.assert_allclose(tracks.time_s, tracks.frame_index / 10)
    assert sum(done) == 15


def test_a_range_begins_with_a_new_tracker() -> None:
    tracks = associate_sequence(
        walker(list(range(20))), TrackerConfig(), frames=range(12, 16), frame_rate_hz=10
    )
    np.testing.assert_array_equal(tracks.frame_index, [12, 13, 14, 15])
    assert set(tracks.track_id) == {1}


def test_a_long_gap_in_time_ends_a_track_and_the_same_frames_in_less_time_do_not() -> None:
    frames = [*range(10), *range(14, 24)]
    slow, fast = (
        associate_sequence(walker(frames, step_px=0), TrackerConfig(), frames=range(24), frame_rate_hz=rate)
        for rate in (2, 30)
    )
    assert len(set(slow.track_id)) > len(set(fast.track_id)) == 1


def test_times_of_the_detections_are_taken_and_filled_between() -> None:
    rows = walker([0, 2, 3], time_s=np.array([1.0, 2.0, 9.0]))
    np.testing.assert_allclose(frame_times(rows, range(4), 30), [1.0, 1.5, 2.0, 9.0])
    np.testing.assert_allclose(frame_times(walker([0]), range(2, 4), 20), [0.1, 0.15])


def test_camera_motion_carries_a_track_over_a_jump() -> None:
    rows = walker(list(range(12)))
    jumped = rows.xyxy + np.where(rows.frame_index >= 6, 300, 0)[:, None]
    rows = sorted_rows(
        frame_index=rows.frame_index, xyxy=jumped, score=rows.score.astype(float), class_id=rows.class_id
    )
    jump = {6: np.array([[1, 0, 300], [0, 1, 300]], np.float32)}
    with_motion, without = (
        associate_sequence(rows, TrackerConfig(), frames=range(12), frame_rate_hz=25, camera_motion=motion)
        for motion in (jump, None)
    )
    assert (len(set(with_motion.track_id)), len(set(without.track_id))) == (1, 2)


@pytest.mark.parametrize("num_frames", [0, 1, FRAMES_PER_REPORT])
def test_no_detections_give_no_tracks(num_frames: int) -> None:
    tracks = associate_sequence(walker([]), TrackerConfig(), frames=range(num_frames), frame_rate_hz=25)
    assert len(tracks) == 0
