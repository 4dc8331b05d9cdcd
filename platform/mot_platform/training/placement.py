"""A part of the image put somewhere on a canvas: the same rectangle of every frame, and the labels with it.

Both rectangles have whole pixels, and boxes follow the very factors that they make. So there is nothing to
round, and a box stays on what it encloses to a fraction of a pixel.
"""

# T frames, G objects, H W pixels

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.training.clips import Clip

MIN_SIDE_PX = 2.0
"""Objects smaller than this in the network's input are ignored."""
MIN_SHOWN = 0.25
"""Objects of which a smaller share of what was to be seen is left are ignored: a sliver is no person."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels `[left, right)` of the columns and `[top, bottom)` of the rows."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.right - self.left, self.bottom - self.top

    @property
    def pixels(self) -> tuple[slice, slice]:
        """The index of these pixels in an image `(H, W, ...)`."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def cut(self, xyxy: Array) -> Array:
        """Return the parts of boxes `(..., 4)` that are inside; they have no area where nothing is."""
        low, high = [self.left, self.top] * 2, [self.right, self.bottom] * 2
        inside: Array = np.clip(xyxy, np.array(low, xyxy.dtype), np.array(high, xyxy.dtype))
        return inside


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a part of the image goes.

    Raises:
        ValueError: if a rectangle has no pixels.
    """

    source: Rectangle
    """The part of the image."""
    target: Rectangle
    """Where it goes on the canvas, scaled to fit."""
    is_mirrored: bool = False

    def __post_init__(self) -> None:
        if min(*self.source.size_wh, *self.target.size_wh) < 1:
            raise ValueError(f"rectangles need a pixel at least, got {self.source} and {self.target}")

    @property
    def scale(self) -> Array:
        """Canvas pixels per image pixel, float64 `(2,)`, of x and y."""
        return np.array(self.target.size_wh) / self.source.size_wh

    def paste(self, frames_THW3: Array, canvas_THW3: Array) -> None:
        """Put the part of each frame on the canvas of its time."""
        # Down to a half, linear takes in every pixel, at a fifth of the cost of averaging areas.
        interpolation = cv2.INTER_AREA if self.scale.min() < 0.5 else cv2.INTER_LINEAR
        for frame, canvas in zip(frames_THW3, canvas_THW3, strict=True):
            part = cv2.resize(frame[self.source.pixels], self.target.size_wh, interpolation=interpolation)
            canvas[self.target.pixels] = cv2.flip(part, 1) if self.is_mirrored else part

    def boxes(self, xyxy: Array) -> Array:
        """Return boxes `(..., 4)` moved with the pixels, float32; they may leave the target."""
        corners = xyxy.reshape(*xyxy.shape[:-1], 2, 2)
        moved = (corners - (self.source.left, self.source.top)) * self.scale
        if self.is_mirrored:
            moved[..., 0] = self.target.size_wh[0] - moved[..., ::-1, 0]
        moved += (self.target.left, self.target.top)
        result: Array = moved.reshape(xyxy.shape).astype(np.float32)
        return result

    def move_labels(self, clip: Clip) -> Clip:
        """Return `clip` with its boxes moved, its pixels as they were.

        Objects out of the target are no longer present; those hardly left in it, or hardly larger than a
        pixel, are ignored.
        """
        height, width = clip.pixels.shape[1:3]
        xyxy = self.boxes(clip.xyxy)
        shown = self.target.cut(xyxy)
        before_px = area_px(Rectangle(0, 0, width, height).cut(clip.xyxy)) * self.scale.prod()
        present = clip.present & (area_px(shown) > 0)
        is_small = (shown[..., 2:] - shown[..., :2]).min(-1) < MIN_SIDE_PX
        is_sliver = area_px(shown) < MIN_SHOWN * before_px
        ignored = present & (clip.ignored | is_small | is_sliver)
        return replace(clip, xyxy=xyxy, present=present, ignored=ignored)


def area_px(xyxy: Array) -> Array:
    """Return the areas `(...)` of boxes `(..., 4)`."""
    area: Array = (xyxy[..., 2:] - xyxy[..., :2]).prod(-1)
    return area
