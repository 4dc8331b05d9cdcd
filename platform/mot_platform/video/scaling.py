"""From a decoded frame to RGB pixels at the wanted displayed size, the same bits on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from mot_model.structures import Array

# ACCURATE_RND and BITEXACT turn off shortcuts that depend on the processor.
_INTERPOLATION = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_UNSPECIFIED_COLORSPACE = 2


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a coded frame is turned for display: flipped upside down first, then rotated."""

    rotation: int = 0
    """Clockwise degrees: 0, 90, 180 or 270; anything between is rounded to the nearest."""
    flip: bool = False

    @classmethod
    def of(cls, frame: av.VideoFrame) -> Self:
        """Return the orientation that the display matrix of `frame` asks for."""
        data = frame.side_data.get(SideDataType.DISPLAYMATRIX)
        if data is None:
            return cls()
        a, b, _, c, d, *_ = (int(n) for n in np.frombuffer(bytes(data), np.int32))
        degrees = np.degrees(np.arctan2(b, a))
        return cls(rotation=round(degrees / 90) * 90 % 360, flip=a * d - b * c < 0)

    def coded_wh(self, displayed_wh: tuple[int, int]) -> tuple[int, int]:
        """Return the size before turning that gives `displayed_wh` after it (and the other way round)."""
        width, height = displayed_wh
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def apply(self, pixels: Array) -> Array:
        """Return `(H, W, 3)` pixels turned for display, as a view."""
        return np.rot90(pixels[::-1] if self.flip else pixels, k=-self.rotation // 90)


class FrameScaler:
    """Turns decoded frames into `(H, W, 3)` uint8 RGB of one size.

    Area averaging, so that small sizes do not alias; colour by the frame's own matrix and range, BT.601
    limited where it states none; alpha ignored. It keeps libswscale's context,
    so use one per stream.

    Raises:
        ValueError: if a size is not positive.
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        if min(size_wh) <= 0:
            raise ValueError(f"size_wh must be positive, got {size_wh}")
        self.size_wh = size_wh
        self._reformatter = VideoReformatter()
        self._orientation: Orientation | None = None

    def __call__(self, frame: av.VideoFrame) -> Array:
        """Return `frame` scaled in one pass, then turned for display as the first frame says."""
        # Not asked of every frame: one whose side data was looked at lives on until garbage is collected.
        orientation = self._orientation = self._orientation or Orientation.of(frame)
        width, height = orientation.coded_wh(self.size_wh)
        unspecified = int(frame.colorspace) == _UNSPECIFIED_COLORSPACE
        scaled = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=Colorspace.ITU601 if unspecified else None,
            dst_color_range=ColorRange.JPEG,
            interpolation=_INTERPOLATION,
            threads=1,  # the bits may depend on how swscale cuts the frame
        )
        return orientation.apply(scaled.to_ndarray())
