from __future__ import annotations

import numpy as np
import pytest

from mot_model.kalman import MotionModel, begin_motion, correct_track, xyxy_to_centre
from mot_model.track_rows import MAX_COORDINATE_PX, Sightings, rows_to_report, seen_again, sound_rows

BOX = [10.0, 20, 40, 100]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("box", "score", "expected"),
    [
        pytest.param(BOX, 0.9, True, id="sound"),
        pytest.param([-50.0, -50, -10, -10], 0.9, True, id="off screen"),
        pytest.param(BOX, 0.1, True, id="least score"),
        pytest.param(BOX, 0.05, False, id="low"),
        pytest.param(BOX, 1.1, False, id="score beyond 1"),
        pytest.param(BOX, NAN, False, id="score not a number"),
        pytest.param([NAN, 20, 40, 100], 0.9, False, id="not a number"),
        pytest.param([10, 20, INF, 100], 0.9, False, id="infinite"),
        pytest.param([10, 20, 10, 100], 0.9, False, id="no width"),
        pytest.param([10, 100, 40, 20], 0.9, False, id="upside down"),
        pytest.param([0, 0, MAX_COORDINATE_PX, 10], 0.9, False, id="garbage"),
    ],
)
def test_sound_rows(box: list[float], score: float, *, expected: bool) -> None:
    is_sound = sound_rows(np.array([box], np.float32), np.array([score], np.float32), np.float32(0.1))
    assert is_sound.tolist() == [expected]


def test_a_detection_corrects_its_track_only_and_no_array_in_place() -> None:
    boxes = np.array([BOX, [200.0, 20, 240, 100]])
    tracks = Sightings(
        motion=begin_motion(xyxy_to_centre(boxes), MotionModel()),
        last_xyxy=boxes,
        last_seen_s=np.zeros(2),
        num_hits=np.ones(2, np.int64),
        score=np.full(2, 0.9),
    )
    before = [array.copy() for array in tracks]
    seen = np.array([[500.0, 0, 510, 10], [204.0, 20, 244, 100]])
    after = seen_again(tracks, np.array([-1, 1]), seen, np.array([0.3, 0.5], np.float32), 2.0, 0.1)
    for array, copy in zip(tracks, before, strict=True):
        np.testing.assert_array_equal(array, copy)
    for array, copy in zip(after, before, strict=True):
        np.testing.assert_array_equal(array[0], copy[0])
    expected = tracks.motion[1].copy()
    correct_track(expected, seen[1], 0.1)
    np.testing.assert_array_equal(after.motion[1], expected)
    assert (after.last_xyxy[1].tolist(), after.last_seen_s[1], after.num_hits[1]) == (seen[1].tolist(), 2, 2)
    assert after.score[1] == np.float32(0.5)


def test_confirmed_tracks_are_reported_in_their_order() -> None:
    rows, columns = rows_to_report(np.array([3, -1, 0, 1]), np.array([5, 1, 5, 2]), 2)
    assert (rows.tolist(), columns.tolist()) == ([0, 3], [2, 0])
