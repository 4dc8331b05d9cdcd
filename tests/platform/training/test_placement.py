"""Labels move with the pixels, and say what is left of an object."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mot_platform.training.clips import Clip
from mot_platform.training.placement import Placement, Rectangle

MakeSquares = Callable[..., Clip]
WHOLE = Rectangle(0, 0, 160, 96)


def test_a_mirror_keeps_left_of_right() -> None:
    moved = Placement(WHOLE, WHOLE, is_mirrored=True).boxes(np.array([10.0, 5, 30, 20]))
    np.testing.assert_array_equal(moved, [130, 5, 150, 20])


def test_a_part_is_scaled_to_its_target() -> None:
    placement = Placement(Rectangle(40, 20, 80, 60), Rectangle(0, 0, 80, 80))
    np.testing.assert_array_equal(placement.boxes(np.array([50.0, 30, 60, 50])), [20, 20, 40, 60])


@pytest.mark.parametrize(
    ("box", "present", "ignored"),
    [
        pytest.param((50, 40, 70, 60), True, False, id="inside"),
        pytest.param((10, 40, 30, 60), False, False, id="gone"),
        pytest.param((22, 40, 42, 60), True, True, id="a sliver is left"),
        pytest.param((30, 40, 50, 60), True, False, id="half is left"),
        pytest.param((50, 40, 51, 60), True, True, id="thinner than a pixel or two"),
        pytest.param((50, 90, 70, 110), True, False, id="no more hidden than before"),
    ],
)
def test_what_is_left_of_an_object_decides_whether_it_counts(
    make_squares: MakeSquares, box: tuple[int, int, int, int], present: bool, ignored: bool
) -> None:
    crop = Placement(Rectangle(40, 0, 160, 96), Rectangle(0, 0, 120, 96))
    moved = crop.move_labels(make_squares([box]))
    assert (moved.present.all(), moved.ignored.all()) == (present, ignored)


def test_what_was_ignored_or_absent_stays_so(make_squares: MakeSquares) -> None:
    clip = make_squares([(50, 40, 70, 60), (90, 40, 110, 60)])
    clip.ignored[:, 0] = True
    clip.present[0, 1] = False
    moved = Placement(WHOLE, WHOLE).move_labels(clip)
    assert moved.ignored.tolist() == [[True, False]] * 2
    assert moved.present.tolist() == [[True, False], [True, True]]


def test_rectangles_need_pixels() -> None:
    with pytest.raises(ValueError, match="pixel"):
        Placement(Rectangle(5, 0, 5, 9), WHOLE)
