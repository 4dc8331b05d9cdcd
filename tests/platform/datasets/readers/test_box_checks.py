"""Behaviour of the checks of boxes."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.datasets.readers.box_checks import sound_boxes
from mot_platform.datasets.readers.media import Media
from mot_platform.datasets.readers.placed_boxes import place_on_frames

SIZE_WH = (128, 64)
FINE = (0, 1, 10, 10, 20, 30)


@pytest.mark.parametrize(
    ("rows", "problem", "num_kept"),
    [
        pytest.param([FINE, (0, 2, -5, -5, 20, 30)], None, 2, id="partly outside"),
        pytest.param([FINE, (0, 2, 9, 9, 9, 30)], "width and height are 0, 21; left out", 1, id="no width"),
        pytest.param(
            [FINE, (0, 2, 9, 30, 19, 9)], "width and height are 10, -21; left out", 1, id="negative"
        ),
        pytest.param(
            [FINE, (0, 2, 130, 9, 140, 30)],
            "box 130, 9, 140, 30 is outside the image, which is 128 x 64; left out",
            1,
            id="outside",
        ),
        pytest.param(
            [FINE, (0, 2, -99, 9, 1, 29)],
            "only 1.0% of box -99, 9, 1, 29 is in the image, which is 128 x 64",
            2,
            id="hardly inside",
        ),
        pytest.param(
            [FINE, (0, 1, 50, 10, 60, 30)], "id 1 is already in this frame; left out", 1, id="id twice"
        ),
        pytest.param([(0, -1, *FINE[2:]), (0, -1, *FINE[2:])], None, 2, id="no ids"),
        pytest.param(
            [FINE, (1, 1, 70, 10, 80, 30)],
            "id 1 jumps by 3.0 times its size in one frame; two objects with one id?",
            2,
            id="jump",
        ),
        pytest.param([FINE, (2, 1, 70, 10, 80, 30)], None, 2, id="far, but not the next frame"),
        pytest.param([FINE, (1, 2, 70, 10, 80, 30)], None, 2, id="far, but of another id"),
        pytest.param(
            [FINE, (300, 1, 10, 10, 20, 30)],
            "id 1 comes back after 12.0 s; fine if it is the same object",
            2,
            id="back after long",
        ),
    ],
)
def test_boxes_that_can_not_be_right(labels_of, log, rows, problem, num_kept) -> None:
    placed = place_on_frames(labels_of(rows), Media(name="a", status="missing"), log)
    kept = sound_boxes(placed.rows, SIZE_WH, np.arange(400) / 25, log)
    assert len(kept.boxes) == len(kept.places.line) == num_kept
    assert [(found.where, found.what) for found in log.problems()] == (
        [("gt.txt:2", problem)] if problem else []
    )


def test_no_boxes_and_no_size_are_fine(labels_of, log) -> None:
    placed = place_on_frames(labels_of([]), Media(name="a", status="missing"), log)
    assert len(sound_boxes(placed.rows, None, placed.frame_times_s, log).boxes) == 0
    assert not log.problems()


def test_what_moves_slowly_in_time_is_no_jump(labels_of, log) -> None:
    """AVA labels one frame a second: a person may be anywhere in the next."""
    placed = place_on_frames(
        labels_of([FINE, (1, 1, 90, 10, 99, 30)]), Media(name="a", status="missing"), log
    )
    sound_boxes(placed.rows, SIZE_WH, np.array([902.0, 903.0]), log)
    assert not log.problems()
