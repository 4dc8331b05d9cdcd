"""Pixels come out right way up, in the right colours, and the same every time."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from mot_platform.video.scaling import FrameScaler, Orientation

COLORS = [(200, 40, 90), (20, 180, 60), (250, 250, 250), (0, 0, 0)]


def flat(color: tuple[int, int, int], width: int = 64, height: int = 48) -> av.VideoFrame:
    pixels = np.full((height, width, 3), color, np.uint8)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("matrix", [Colorspace.ITU601, Colorspace.ITU709])
@pytest.mark.parametrize("color_range", [ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "yuva420p"])
def test_colors_survive_any_matrix_range_and_depth(
    color: tuple[int, int, int], matrix: Colorspace, color_range: ColorRange, pix_fmt: str
) -> None:
    frame = flat(color).reformat(format=pix_fmt, dst_colorspace=matrix, dst_color_range=color_range)
    pixels = FrameScaler((32, 20))(frame)
    assert pixels.shape == (20, 32, 3)
    assert np.abs(pixels.astype(int) - color).max() <= 4


def test_gray_becomes_equal_channels() -> None:
    pixels = FrameScaler((8, 8))(flat((99, 99, 99)).reformat(format="gray"))
    assert np.ptp(pixels) == 0
    assert abs(int(pixels[0, 0, 0]) - 99) <= 1


def test_shrinking_averages_so_fine_patterns_do_not_alias() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 200
    pixels = FrameScaler((32, 32))(av.VideoFrame.from_ndarray(stripes, format="rgb24"))
    assert np.abs(pixels.astype(int) - 100).max() <= 2


def test_the_same_frame_gives_the_same_bits_from_any_scaler() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(noise, format="rgb24").reformat(format="yuv420p")
    reused = FrameScaler((53, 30))
    assert (reused(frame) == reused(frame)).all()
    assert (reused(frame) == FrameScaler((53, 30))(frame)).all()


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (Orientation(0), (0, 0)),
        (Orientation(90), (0, 2)),  # the top-left corner goes to the top right
        (Orientation(180), (1, 2)),
        (Orientation(270), (2, 0)),
        (Orientation(0, flip=True), (1, 0)),
        (Orientation(180, flip=True), (0, 2)),  # a mirror image
    ],
)
def test_orientation_turns_clockwise(orientation: Orientation, corner: tuple[int, int]) -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0] = 255
    turned = orientation.apply(pixels)
    assert turned.shape[1::-1] == orientation.coded_wh((3, 2))
    y, x = corner if orientation.rotation != 90 else (0, turned.shape[1] - 1)
    assert turned[y, x].all()
    assert turned.sum() == 3 * 255


def test_a_size_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="size_wh"):
        FrameScaler((0, 5))
