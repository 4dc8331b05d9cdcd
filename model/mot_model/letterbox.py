"""Where a source frame lies inside the network's fixed input, and back again.

The frame is scaled to fit, aspect kept, and sits in the top-left corner; the rest is padding. Boxes are
then a single factor away from source pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

PADDING_VALUE = 114
"""Grey level of the padding, the mean of natural images (as YOLO uses)."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """The fit of a source frame into a network input.

    Raises:
        ValueError: if a size is not positive.

    Examples:
        >>> box = Letterbox((1920, 1080), (320, 192))
        >>> box.content_wh
        (320, 180)
    """

    source_wh: tuple[int, int]
    """Displayed size of the source frame in pixels."""
    input_wh: tuple[int, int]
    """Size of the network's input in pixels."""

    def __post_init__(self) -> None:
        if min(*self.source_wh, *self.input_wh) <= 0:
            raise ValueError(f"sizes must be positive, got source {self.source_wh}, input {self.input_wh}")

    @property
    def scale(self) -> float:
        """Input pixels per source pixel."""
        return min(self.input_wh[0] / self.source_wh[0], self.input_wh[1] / self.source_wh[1])

    @property
    def content_wh(self) -> tuple[int, int]:
        """Size that the source frame is scaled to, in input pixels; ask the decoder for this size."""
        width, height = (
            max(1, min(round(n * self.scale), m)) for n, m in zip(self.source_wh, self.input_wh, strict=True)
        )
        return width, height

    def pad(self, pixels: Array) -> Array:
        """Return `(..., h, w, 3)` frames of content size padded to `(..., H, W, 3)` of input size."""
        width, height = self.input_wh
        padded = np.full((*pixels.shape[:-3], height, width, 3), PADDING_VALUE, dtype=pixels.dtype)
        padded[..., : pixels.shape[-3], : pixels.shape[-2], :] = pixels
        return padded

    @property
    def _factor(self) -> Array:
        """Source pixels per input pixel of x1, y1, x2, y2; rounding of the content size included."""
        (width, height), (content_w, content_h) = self.source_wh, self.content_wh
        return np.array([width / content_w, height / content_h] * 2, np.float32)

    def to_source(self, xyxy: Array) -> Array:
        """Return boxes `(N, 4)` of input pixels in source pixels, float32; they may leave the frame."""
        scaled: Array = xyxy.astype(np.float32) * self._factor
        return scaled

    def to_input(self, xyxy: Array) -> Array:
        """Return boxes `(..., 4)` of source pixels in input pixels, float32."""
        scaled: Array = xyxy.astype(np.float32) / self._factor
        return scaled
