"""Augmentation changes pixels and labels alike: a square stays in its box, with its identity and actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mot_model.structures import Array
from mot_platform.training.augmentation import AugmentationConfig, augment, draw_colours, recolour
from mot_platform.training.clips import Clip

MakeSquares = Callable[..., Clip]
SIZE_WH = (160, 96)
STILL = AugmentationConfig(
    flip_probability=0.0,
    scale_range=(1.0, 1.0),
    shift_fraction=0.0,
    gain_range=(1.0, 1.0),
    tint=0.0,
    contrast_range=(1.0, 1.0),
    saturation_range=(1.0, 1.0),
    blur_probability=0.0,
)


@st.composite
def squares(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Draw up to three squares side by side, some of them partly out of the image."""
    boxes = []
    for column in range(draw(st.integers(0, 3))):
        side = draw(st.integers(14, 36))
        left = draw(st.integers(53 * column + 5 - 12 * (column == 0), 53 * column + 47 - side))
        top = draw(st.integers(-side // 2, 96 - side // 2))
        boxes.append((left, top, left + side, top + side))
    return boxes


configs = st.builds(
    AugmentationConfig,
    flip_probability=st.sampled_from([0.0, 1.0]),
    scale_range=st.floats(0.6, 1.6).map(lambda scale: (scale, scale)),
    shift_fraction=st.floats(0, 0.3),
    blur_probability=st.sampled_from([0.0, 1.0]),
)
seeds = st.integers(0, 2**32 - 1)


def extent_of(colour: int, frame: Array) -> Array | None:
    """Return the box of the pixels in which channel `colour` stands out half as much as in the square."""
    channel = colour.bit_length() - 1
    others = frame.astype(int)[..., [c for c in range(3) if c != channel]]
    excess = frame[..., channel].astype(int) - others.max(-1)
    if excess.max() < 60:  # tint alone makes less of grey
        return None
    rows, columns = np.nonzero(excess > excess.max() / 2)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


@settings(max_examples=60, deadline=None)
@given(boxes=squares(), config=configs, seed=seeds)
def test_every_box_encloses_exactly_its_square(
    make_squares: MakeSquares,
    boxes: Sequence[tuple[int, int, int, int]],
    config: AugmentationConfig,
    seed: int,
) -> None:
    # The second half of the slots are the squares as far as they are in the picture.
    drawn = [tuple(np.clip(box, 0, [*SIZE_WH, *SIZE_WH]).tolist()) for box in boxes]
    clip = make_squares([*boxes, *drawn], colours=(1, 2, 4)[: len(boxes)] * 2)
    moved = augment(clip, config, np.random.default_rng(seed))
    for slot, colour in enumerate((1, 2, 4)[: len(boxes)]):
        assert moved.action[0, slot].argmax() == colour
        assert moved.track_id[0, slot] == 10 + slot
        expected = np.clip(moved.xyxy[0, len(boxes) + slot], 0, [*SIZE_WH, *SIZE_WH])
        found = extent_of(colour, moved.pixels[0])
        if min(expected[2:] - expected[:2]) > 5:  # a sliver is lost in the blur
            assert found is not None
            assert moved.present[0, slot]
        if found is not None:
            tolerance_px = 1.5 if config.blur_probability else 1.0  # a blur is mirrored at the border
            np.testing.assert_allclose(found, expected, atol=tolerance_px)


@settings(max_examples=30, deadline=None)
@given(boxes=squares(), config=configs, seed=seeds, num_frames=st.integers(1, 3))
def test_a_still_clip_stays_still_and_what_went_in_stays_as_it_was(
    make_squares: MakeSquares,
    boxes: Sequence[tuple[int, int, int, int]],
    config: AugmentationConfig,
    seed: int,
    num_frames: int,
) -> None:
    clip = make_squares(boxes, num_frames=num_frames)
    before = clip.pixels.copy()
    moved = augment(clip, config, np.random.default_rng(seed))
    assert moved.pixels.shape == clip.pixels.shape
    assert moved.xyxy.shape == (num_frames, len(boxes), 4)
    for name in ("pixels", "xyxy", "present", "ignored"):
        values = getattr(moved, name)
        assert (values == values[:1]).all(), name
    np.testing.assert_array_equal(clip.pixels, before)
    again = augment(clip, config, np.random.default_rng(seed))
    np.testing.assert_array_equal(again.pixels, moved.pixels)


def test_nothing_changes_when_nothing_may(make_squares: MakeSquares) -> None:
    clip = make_squares([(20, 30, 50, 60)])
    moved = augment(clip, STILL, np.random.default_rng(0))
    np.testing.assert_array_equal(moved.pixels, clip.pixels)
    np.testing.assert_array_equal(moved.xyxy, clip.xyxy)


def test_colours_follow_the_matrix_and_end_at_white() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3)).astype(np.uint8)
    matrix = draw_colours(AugmentationConfig(gain_range=(1.5, 1.5)), np.random.default_rng(1))
    exact = np.clip(pixels @ matrix[:, :3].T + matrix[:, 3], 0, 255)
    recolour(pixels, matrix)
    np.testing.assert_allclose(pixels, exact, atol=1.0)
    assert pixels.max() == 255


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scale_range", (1.2, 0.8)),
        ("gain_range", (0.0, 1.0)),
        ("flip_probability", 1.5),
        ("mosaic_probability", -0.1),
        ("shift_fraction", 0.7),
        ("tint", 1.0),
        ("blur_px", 0.0),
    ],
)
def test_senseless_settings_are_named(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"data\.augmentation\.{field} must"):
        AugmentationConfig(**{field: value})  # type: ignore[arg-type]
