"""Fitting source frames into the network's input."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.letterbox import PADDING_VALUE, Letterbox


@pytest.mark.parametrize(
    ("source_wh", "content_wh"),
    [
        pytest.param((640, 384), (320, 192), id="same aspect"),
        pytest.param((1080, 1920), (108, 192), id="portrait"),
        pytest.param((4000, 10), (320, 1), id="sliver"),
        pytest.param((32, 32), (192, 192), id="enlarged"),
    ],
)
def test_content_keeps_the_aspect(source_wh: tuple[int, int], content_wh: tuple[int, int]) -> None:
    assert Letterbox(source_wh, (320, 192)).content_wh == content_wh


def test_padding_is_below_and_right_of_the_content() -> None:
    padded = Letterbox((100, 100), (64, 32)).pad(np.zeros((2, 32, 32, 3), np.uint8))
    assert padded.shape == (2, 32, 64, 3)
    assert (padded[:, :, :32] == 0).all()
    assert (padded[:, :, 32:] == PADDING_VALUE).all()


def test_boxes_return_from_the_input_to_the_source() -> None:
    letterbox = Letterbox((1919, 1079), (320, 192))
    boxes = np.array([[-5.0, 3, 700, 1079]], np.float32)
    np.testing.assert_allclose(letterbox.to_source(letterbox.to_input(boxes)), boxes, rtol=1e-6)


def test_a_size_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        Letterbox((0, 10), (64, 64))
