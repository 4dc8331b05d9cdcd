"""Augmentation keeps boxes on what they enclose."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.structures import Array
from mot_platform.training.augmentation import draw_transform
from mot_platform.training.config import AugmentationConfig

SIZE_WH = (160, 96)


def frames_with_square(xyxy: Array) -> Array:
    frames = np.zeros((3, SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    left, top, right, bottom = xyxy.astype(int)
    frames[:, top:bottom, left:right] = 200
    return frames


@pytest.mark.parametrize("seed", range(12))
def test_a_square_stays_in_its_box(seed: int) -> None:
    random = np.random.default_rng(seed)
    box = np.array([60.0, 30, 90, 62])
    transform = draw_transform(AugmentationConfig(), SIZE_WH, random)
    moved = transform.pixels(frames_with_square(box))
    # The square is brighter than the grey padding, whatever the gain.
    rows, columns = np.nonzero(moved[0, :, :, 0] > 157 * transform.channel_gain[0])
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    expected = np.clip(transform.boxes(box), 0, np.array([*SIZE_WH, *SIZE_WH]))
    np.testing.assert_allclose(found, expected, atol=1.0)


def test_all_frames_change_alike() -> None:
    transform = draw_transform(AugmentationConfig(), SIZE_WH, np.random.default_rng(0))
    moved = transform.pixels(frames_with_square(np.array([60.0, 30, 90, 62])))
    assert (moved == moved[:1]).all()


def test_a_mirror_keeps_left_of_right() -> None:
    config = AugmentationConfig(flip_probability=1.0, scale_range=(1.0, 1.0), shift_fraction=0.0)
    transform = draw_transform(config, SIZE_WH, np.random.default_rng(0))
    np.testing.assert_allclose(transform.boxes(np.array([10.0, 5, 30, 20])), [130, 5, 150, 20], atol=1e-4)


def test_the_same_seed_draws_the_same() -> None:
    first, second = (
        draw_transform(AugmentationConfig(), SIZE_WH, np.random.default_rng(3)) for _ in range(2)
    )
    np.testing.assert_array_equal(first.matrix, second.matrix)
    np.testing.assert_array_equal(first.channel_gain, second.channel_gain)
