"""Four clips in one: every square in its box, identities apart, no background where nothing is labelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mot_model.losses import background
from mot_platform.training.augmentation import AugmentationConfig, augment
from mot_platform.training.clips import Clip, collate
from mot_platform.training.mosaic import draw_layout, mosaic

MakeSquares = Callable[..., Clip]
COLOURS = (1, 2, 4, 7)

square = st.tuples(st.integers(-10, 140), st.integers(-10, 76), st.integers(14, 60)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[0] + drawn[2], drawn[1] + drawn[2])
)
seeds = st.integers(0, 2**32 - 1)


def renamed(clip: Clip, first_id: int) -> Clip:
    return replace(clip, track_id=clip.track_id - clip.track_id.min() + first_id)


@settings(max_examples=60, deadline=None)
@given(boxes=st.lists(square, min_size=4, max_size=4), seed=seeds, num_frames=st.integers(1, 3))
def test_every_box_encloses_exactly_its_square(
    make_squares: MakeSquares, boxes: list[tuple[int, int, int, int]], seed: int, num_frames: int
) -> None:
    clips = [
        renamed(make_squares([box], colours=(colour,), num_frames=num_frames), first_id=colour)
        for box, colour in zip(boxes, COLOURS, strict=True)
    ]
    joined = mosaic(clips, np.random.default_rng(seed))
    layout = draw_layout((160, 96), np.random.default_rng(seed))
    assert joined.pixels.shape == clips[0].pixels.shape
    assert joined.track_id[0].tolist() == list(COLOURS)
    for slot, colour in enumerate(COLOURS):
        assert joined.action[0, slot].argmax() == colour
        quarter = layout[slot].target
        bright = joined.pixels[0][quarter.pixels] > 127
        rows, columns = np.nonzero(bright.any(-1))
        if joined.present[0, slot] and not joined.ignored[0, slot]:
            # What was out of the picture to begin with is not drawn, but its box goes on.
            drawn = layout[slot].boxes(np.clip(boxes[slot], 0, [160, 96, 160, 96]).astype(float))
            expected = quarter.cut(drawn) - [quarter.left, quarter.top] * 2
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            np.testing.assert_allclose(found, expected, atol=1.0)
            assert (quarter.cut(joined.xyxy[0, slot]) == joined.xyxy[0, slot]).all()
        colours_found = {int(np.packbits(p, bitorder="little")[0]) for p in bright.reshape(-1, 3)[::7]}
        assert colours_found <= {0, colour}
    assert (joined.pixels == joined.pixels[:1]).all()
    assert (joined.xyxy == joined.xyxy[:1]).all()


def test_clips_without_objects_and_without_identities(make_squares: MakeSquares) -> None:
    empty = make_squares([])
    one = make_squares([(40, 20, 120, 90)])
    nameless = replace(one, track_id=np.full((2, 1), -1))
    joined = mosaic([empty, nameless, one, one], np.random.default_rng(0))
    assert joined.track_id[0].tolist() == [-1, 10, 10]
    assert mosaic([empty] * 4, np.random.default_rng(0)).xyxy.shape == (2, 0, 4)


def test_a_quarter_that_is_not_labelled_is_no_background(make_squares: MakeSquares) -> None:
    labelled = make_squares([])
    partly = replace(labelled, has_boxes=np.array([[True], [False]]))
    joined = mosaic([labelled, labelled, labelled, partly], np.random.default_rng(0))
    quarter = draw_layout((160, 96), np.random.default_rng(0))[3].target
    assert joined.has_boxes.all()
    free = background(collate([joined]), (12, 20))[..., 0].reshape(2, 12, 20).bool()
    y, x = torch.meshgrid(torch.arange(12) * 8 + 4, torch.arange(20) * 8 + 4, indexing="ij")
    assert free[0].all()
    assert torch.equal(free[1], ~((x > quarter.left) & (y > quarter.top)))


def test_a_mosaic_can_be_augmented(make_squares: MakeSquares) -> None:
    joined = mosaic([make_squares([(40, 20, 120, 90)])] * 4, np.random.default_rng(0))
    moved = augment(joined, AugmentationConfig(), np.random.default_rng(0))
    assert moved.track_id.tolist() == joined.track_id.tolist()


def test_other_than_four_alike_are_refused(make_squares: MakeSquares) -> None:
    with pytest.raises(ValueError, match="four clips"):
        mosaic([make_squares([])] * 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="one shape"):
        mosaic([make_squares([])] * 3 + [make_squares([], num_frames=1)], np.random.default_rng(0))
