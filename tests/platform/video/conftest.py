"""Small videos made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

MakeVideo = Callable[..., Path]


def moving_pattern(index: int, width: int, height: int) -> np.ndarray:
    """Return a frame that differs from every other one and moves, so that encoders predict."""
    y, x = np.mgrid[:height, :width]
    red = (x * 3 + index * 7) % 256
    green = (y * 5 + index * 3) % 256
    blue = np.where((x - index * 2) % 40 < 20, 220, 30)
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Return a function that writes a video of `moving_pattern` and returns its path."""

    def make(
        name: str = "a.mp4",
        *,
        num_frames: int = 48,
        size_wh: tuple[int, int] = (96, 64),
        codec: str = "libx264",
        options: dict[str, str] | None = None,
        pts: Sequence[int] | None = None,
        pix_fmt: str = "yuv420p",
        rotation: int = 0,
        aspect: Fraction | None = None,
        gop: int = 12,
        draw: Callable[[int, int, int], np.ndarray] = moving_pattern,
        **container: Any,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", **container) as output:
            stream = output.add_stream(codec, rate=25, options=options or {})
            stream.width, stream.height = size_wh
            stream.pix_fmt = pix_fmt
            stream.codec_context.gop_size = gop
            stream.codec_context.thread_count = 1
            if aspect is not None:
                stream.codec_context.sample_aspect_ratio = aspect
            if rotation:
                stream.set_display_rotation(rotation)
            for index in range(num_frames):
                frame = av.VideoFrame.from_ndarray(draw(index, *size_wh), format="rgb24")
                frame.pts = index if pts is None else pts[index]
                frame.time_base = Fraction(1, 25)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make
