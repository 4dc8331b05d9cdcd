from __future__ import annotations

import numpy as np
import pytest

from mot_model.camera_shift import MIN_TRACKS, PRIOR_TRACKS, camera_shift
from mot_model.kalman import MotionModel, begin_motion, xyxy_to_centre
from mot_model.structures import Array


def _people(num: int, seed: int = 0) -> Array:
    """Return boxes 20 wide and 50 tall that do not overlap each other."""
    left = 60.0 * np.arange(num) + np.random.default_rng(seed).uniform(0, 10, num)
    top = np.random.default_rng(seed + 1).uniform(0, 300, num)
    return np.stack([left, top, left + 20, top + 50], axis=1)


def _shift(expected: Array, boxes: Array) -> Array:
    motion = begin_motion(xyxy_to_centre(expected), MotionModel())
    shift = camera_shift(motion, np.ones(len(expected), bool), boxes, np.ones(len(boxes), bool))
    np.testing.assert_array_equal(shift[:2], shift[2:])
    return shift[:2]


@pytest.mark.parametrize("shift", [[4.0, -3.0], [35.0, 10.0], [-18.0, 40.0]], ids=["shake", "jerk", "tilt"])
def test_what_all_boxes_do_is_the_camera(shift: list[float]) -> None:
    people = _people(12)
    found = _shift(people, people + np.tile(shift, 2))
    np.testing.assert_allclose(found, np.array(shift) * 12 / (12 + PRIOR_TRACKS))


def test_who_walks_alone_does_not_move_the_camera() -> None:
    people = _people(9)
    walked = people.copy()
    walked[:3] += [6.0, 0, 6, 0]
    np.testing.assert_array_equal(_shift(people, walked), [0, 0])


def test_too_few_tracks_say_nothing() -> None:
    people = _people(MIN_TRACKS - 1)
    np.testing.assert_array_equal(_shift(people, people + 5), [0, 0])
    np.testing.assert_array_equal(_shift(people[:0], people), [0, 0])
    np.testing.assert_array_equal(_shift(people, people[:0]), [0, 0])


def test_people_who_are_gone_are_not_a_jerk() -> None:
    people = _people(8)
    np.testing.assert_array_equal(_shift(people, people[:5]), [0, 0])


def test_only_voters_and_sure_boxes_count() -> None:
    people = _people(8)
    motion = begin_motion(xyxy_to_centre(people), MotionModel())
    yes, no = np.ones(8, bool), np.zeros(8, bool)
    assert camera_shift(motion, yes, people + 5, yes).all()
    assert not camera_shift(motion, no, people + 5, yes).any()
    assert not camera_shift(motion, yes, people + 5, no).any()
