"""Random changes of a clip, drawn once and applied to every frame, so that motion and identity stay true."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.letterbox import PADDING_VALUE
from mot_model.structures import Array
from mot_platform.training.config import AugmentationConfig


@dataclass(frozen=True, slots=True)
class ClipTransform:
    """One draw: where pixels and boxes go, and how colours change."""

    matrix: Array
    """float64 `(2, 3)`, affine without rotation, input pixels to input pixels."""
    channel_gain: Array
    """float32 `(3,)`, factor of each colour channel."""

    def pixels(self, frames_THW3: Array) -> Array:
        """Return the frames moved and recoloured, same shape and dtype."""
        height, width = frames_THW3.shape[1:3]
        border = (PADDING_VALUE,) * 3
        table = np.clip(np.arange(256)[:, None] * self.channel_gain, 0, 255).astype(np.uint8)[
            None
        ]  # (1, 256, 3)
        return np.stack(
            [
                cv2.LUT(cv2.warpAffine(frame, self.matrix, (width, height), borderValue=border), table)
                for frame in frames_THW3
            ]
        )

    def boxes(self, xyxy: Array) -> Array:
        """Return boxes `(..., 4)` moved with the pixels, float32; a mirror keeps x1 < x2."""
        # Boxes name the edges of pixels, the matrix their centres: half a pixel lies between them.
        scale, shift = self.matrix[[0, 1], [0, 1]], self.matrix[:, 2]
        corners = (xyxy.reshape(*xyxy.shape[:-1], 2, 2) - 0.5) * scale + shift + 0.5
        result: Array = np.concatenate([corners.min(-2), corners.max(-2)], -1).astype(np.float32)
        return result


def draw_transform(
    config: AugmentationConfig, input_wh: tuple[int, int], random: np.random.Generator
) -> ClipTransform:
    """Return a random transform of clips of size `input_wh`."""
    size = np.array(input_wh, np.float64)
    scale = np.full(2, np.exp(random.uniform(*np.log(config.scale_range))))
    pivot = random.uniform(0, 1, 2) * size
    shift = pivot * (1 - scale) + random.uniform(-1, 1, 2) * config.shift_fraction * size
    if random.random() < config.flip_probability:
        scale[0], shift[0] = -scale[0], size[0] - 1 - shift[0]
    gain = np.exp(random.uniform(*np.log(config.gain_range))) * (1 + random.uniform(-1, 1, 3) * config.tint)
    matrix = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
    return ClipTransform(matrix, gain.astype(np.float32))
