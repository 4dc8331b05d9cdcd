from __future__ import annotations

import numpy as np
import pytest

from mot_model.camera_shift import MIN_TRACKS, PRIOR_TRACKS, camera_shift
from mot_model.structures import Array


def _people(num: int, seed: int = 0) -> Array:
    """Return boxes 20 wide and 50 tall that do not overlap each other."""
    left = 60.0 * np.arange(num) + np.random.default_rng(seed).uniform(0, 10, num)
    top = np.random.default_rng(seed + 1).uniform(0, 300, num)
    return np.stack([left, top, left + 20, top + 50], axis=1)


@pytest.mark.parametrize("shift", [[4.0, -3.0], [35.0, 10.0], [-18.0, 40.0]], ids=["shake", "jerk", "tilt"])
def test_what_all_boxes_do_is_the_camera(shift: list[float]) -> None:
    people = _people(12)
    found = camera_shift(people, people + np.tile(shift, 2))
    np.testing.assert_allclose(found, np.array(shift) * 12 / (12 + PRIOR_TRACKS))


def test_who_walks_alone_does_not_move_the_camera() -> None:
    people = _people(9)
    walked = people.copy()
    walked[:3] += [6.0, 0, 6, 0]
    np.testing.assert_array_equal(camera_shift(people, walked), [0, 0])


def test_too_few_tracks_say_nothing() -> None:
    people = _people(MIN_TRACKS - 1)
    np.testing.assert_array_equal(camera_shift(people, people + 5), [0, 0])
    np.testing.assert_array_equal(camera_shift(people[:0], people), [0, 0])
    np.testing.assert_array_equal(camera_shift(people, people[:0]), [0, 0])


def test_people_who_are_gone_are_not_a_jerk() -> None:
    people = _people(8)
    np.testing.assert_array_equal(camera_shift(people, people[:5]), [0, 0])
