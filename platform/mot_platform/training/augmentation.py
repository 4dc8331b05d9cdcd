"""Random changes of a clip, drawn once and applied to every frame, so that motion and identity stay true."""

# T frames, H W pixels

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mot_model.letterbox import PADDING_VALUE
from mot_model.structures import Array
from mot_platform.training.clips import Clip
from mot_platform.training.placement import Placement, Rectangle

MIDDLE_GREY = 128
"""Contrast pulls colours away from it."""
_LUMA = np.array([0.299, 0.587, 0.114])
_FACTOR_RANGES = ("scale_range", "gain_range", "contrast_range", "saturation_range")
_PROBABILITIES = ("flip_probability", "blur_probability", "mosaic_probability")


@dataclass(frozen=True, kw_only=True, slots=True)
class AugmentationConfig:
    """Random changes, the same for all frames of a clip. Factors are drawn log-uniformly."""

    flip_probability: float = 0.5
    """Chance of a mirror image."""
    scale_range: tuple[float, float] = (0.8, 1.25)
    """Zoom about a random point; above 1 the image is cropped, below 1 it gets a grey margin."""
    shift_fraction: float = 0.1
    """Largest shift, as a fraction of the image's size, at most 0.5."""
    gain_range: tuple[float, float] = (0.75, 1.3)
    """Brightness factor, one for all channels."""
    tint: float = 0.08
    """Largest relative change of single channels."""
    contrast_range: tuple[float, float] = (0.8, 1.25)
    """Factor of the distance to middle grey."""
    saturation_range: tuple[float, float] = (0.7, 1.4)
    """Factor of the distance to the grey of the same brightness."""
    blur_probability: float = 0.1
    """Chance of a blur."""
    blur_px: float = 1.2
    """Largest standard deviation of the blur, drawn for x and y apart: uneven ones look like motion."""
    mosaic_probability: float = 0.0
    """Chance that a clip shares its image with three others of its source; they are decoded for that."""

    def __post_init__(self) -> None:
        for name in _FACTOR_RANGES:
            low, high = getattr(self, name)
            if not 0 < low <= high:
                raise ValueError(f"data.augmentation.{name} must rise from above 0, got {(low, high)}")
        for name in _PROBABILITIES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"data.augmentation.{name} must be in [0, 1], got {getattr(self, name)}")
        if not 0 <= self.shift_fraction <= 0.5:
            raise ValueError(
                f"data.augmentation.shift_fraction must be in [0, 0.5], got {self.shift_fraction}"
            )
        if not 0 <= self.tint < 1:
            raise ValueError(f"data.augmentation.tint must be in [0, 1), got {self.tint}")
        if not self.blur_px > 0:
            raise ValueError(f"data.augmentation.blur_px must be positive, got {self.blur_px}")


def augment(clip: Clip, config: AugmentationConfig, random: np.random.Generator) -> Clip:
    """Return the clip moved, blurred and recoloured, all its frames alike.

    Objects that leave the image are no longer present; those hardly left in it are ignored. Boxes at its
    border go on beyond it.

    Args:
        clip: As it is in the video; not changed.
        config: What may happen.
        random: Draws what does.
    """
    height, width = clip.pixels.shape[1:3]
    placement = draw_placement(config, (width, height), random)
    pixels = np.full_like(clip.pixels, PADDING_VALUE)
    placement.paste(clip.pixels, pixels)
    if random.random() < config.blur_probability:
        blur(pixels, config.blur_px * (1 - random.random(2)))  # above 0: OpenCV would choose for us
    recolour(pixels, draw_colours(config, random))
    return replace(placement.move_labels(clip), pixels=pixels)


def draw_placement(
    config: AugmentationConfig, size_wh: tuple[int, int], random: np.random.Generator
) -> Placement:
    """Return which part of an image of `size_wh` is shown, where, and whether mirrored."""
    size = np.array(size_wh)
    scale = draw_factor(config.scale_range, random)
    start = random.uniform(0, 1, 2) * size * (1 - scale)
    start += random.uniform(-1, 1, 2) * config.shift_fraction * size
    target = np.round(np.clip([start, start + size * scale], 0, size)).astype(int)
    source = np.round(np.clip((target - start) / scale, 0, size)).astype(int)
    is_mirrored = bool(random.random() < config.flip_probability)
    if is_mirrored:  # the whole picture is, so that a margin stays where the image has ended
        target[:, 0] = size[0] - target[::-1, 0]
    return Placement(Rectangle(*source.ravel().tolist()), Rectangle(*target.ravel().tolist()), is_mirrored)


def draw_colours(config: AugmentationConfig, random: np.random.Generator) -> Array:
    """Return the matrix float32 `(3, 4)` that takes red, green, blue and 1 to the new colour."""
    saturation = draw_factor(config.saturation_range, random)
    contrast = draw_factor(config.contrast_range, random)
    gain = draw_factor(config.gain_range, random) * (1 + random.uniform(-1, 1, 3) * config.tint)
    mixed = saturation * np.eye(3) + (1 - saturation) * _LUMA
    offset = np.full((3, 1), (1 - contrast) * MIDDLE_GREY)
    matrix: Array = (gain[:, None] * np.hstack([contrast * mixed, offset])).astype(np.float32)
    return matrix


def draw_factor(factor_range: tuple[float, float], random: np.random.Generator) -> float:
    """Return a factor in the range, log-uniform."""
    return float(np.exp(random.uniform(*np.log(factor_range))))


def recolour(pixels_THW3: Array, matrix: Array) -> None:
    """Change the colours of all frames in place."""
    for frame in pixels_THW3:
        cv2.transform(frame, matrix, dst=frame)


def blur(pixels_THW3: Array, sigma_px: Array) -> None:
    """Blur all frames in place, `sigma_px` `(2,)` of x and y."""
    for frame in pixels_THW3:
        cv2.GaussianBlur(frame, (0, 0), sigmaX=sigma_px[0], sigmaY=sigma_px[1], dst=frame)
