"""Ranges of frames."""

from __future__ import annotations

import pytest

from mot_platform.errors import InputError
from mot_platform.frame_range import FrameRange


@pytest.mark.parametrize(
    ("text", "num_frames", "frames"),
    [
        pytest.param("302:600", 600, range(301, 600), id="both"),
        pytest.param("302:", 600, range(301, 600), id="open end"),
        pytest.param(":5", 600, range(5), id="open begin"),
        pytest.param("7:7", 600, range(6, 7), id="one frame"),
        pytest.param("10:20", 5, range(5, 5), id="beyond"),
        pytest.param("second-half", 525, range(263, 525), id="MOT17-09"),
        pytest.param("second-half", 0, range(0), id="no frames"),
    ],
)
def test_text_names_frames(text: str, num_frames: int, frames: range) -> None:
    assert FrameRange.parse(text).of(num_frames) == frames


@pytest.mark.parametrize("text", ["", ":", "5", "a:b", "9:3", "0:4", "-1:4", "first-half"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=f"--frames {text}: "):
        FrameRange.parse(text)
