"""The ground that people stand on and the camera that looks at it: where things appear and how large.

The camera is a pinhole at a fixed height. At a distance of Z metres a metre takes `focal / Z` pixels, and the
ground lies in the image row `horizon + camera height * focal / Z`. Panning shifts the whole image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Geometry of one video."""

    size_wh: tuple[int, int]
    """Image size in pixels."""
    horizon_px: float
    """Image row of the horizon when the camera is at rest."""
    camera_height_m: float
    near_depth_m: float
    """The nearest that people come to the camera."""
    far_depth_m: float
    """The farthest that people go."""
    reach_px: int
    """How far the camera can turn away from rest, in pixels of image shift."""

    @property
    def focal_px(self) -> float:
        """Focal length in pixels, that of a lens with 53 degrees across."""
        return float(self.size_wh[0])

    def scale_px(self, depth_m: float) -> float:
        """Return the pixels that a metre takes at a distance."""
        return self.focal_px / depth_m

    def row_px(self, depth_m: float) -> float:
        """Return the image row of the ground at a distance, camera at rest."""
        return self.horizon_px + self.camera_height_m * self.scale_px(depth_m)

    def tilt(self, depth_m: float) -> float:
        """Return the angle in radians at which the ground at a distance is looked down on."""
        return float(np.arctan2(self.camera_height_m, depth_m))

    def half_width_m(self, depth_m: float) -> float:
        """Return half the width of ground that the camera can ever see at a distance."""
        return (self.size_wh[0] / 2 + self.reach_px) / self.scale_px(depth_m)


def make_stage(
    rng: np.random.Generator, *, size_wh: tuple[int, int], height_range: tuple[float, float], reach_px: int
) -> Stage:
    """Return a stage on which a 1.7 m person is as large as asked.

    Args:
        rng: Source of the variation.
        size_wh: Image size in pixels.
        height_range: Height of a 1.7 m person at the farthest and nearest place, in image heights.
        reach_px: How far the camera will turn.
    """
    height = size_wh[1]
    far_scale = height_range[0] * height / 1.7
    near_scale = height_range[1] * height / 1.7
    far_row = height * rng.uniform(0.58, 0.66)
    near_row = height * rng.uniform(0.93, 0.98)
    camera_height = (near_row - far_row) / (near_scale - far_scale)
    return Stage(
        size_wh=size_wh,
        horizon_px=far_row - camera_height * far_scale,
        camera_height_m=camera_height,
        near_depth_m=size_wh[0] / near_scale,
        far_depth_m=size_wh[0] / far_scale,
        reach_px=reach_px,
    )


def camera_path(
    rng: np.random.Generator, *, num_frames: int, frame_rate_hz: float, reach_px: int, shake_px: float
) -> Array:
    """Return the camera's image shift `(T, 2)` in pixels: slow pans, and a smooth shake of the hand.

    The shift is bounded by `reach_px` sideways and `reach_px / 4` up and down.
    """
    time_s = np.arange(num_frames) / frame_rate_hz
    shift = np.zeros((num_frames, 2))
    if reach_px == 0:
        return shift
    for period_s in rng.uniform(6, 18, 2):
        shift[:, 0] += np.sin(2 * np.pi * time_s / period_s + rng.uniform(0, 2 * np.pi)) * 0.45
    shift[:, 1] = np.sin(2 * np.pi * time_s / rng.uniform(8, 16) + rng.uniform(0, 2 * np.pi)) * 0.12
    shift *= reach_px
    for axis in (0, 1):
        for frequency_hz in rng.uniform(0.8, 4.5, 3):
            wave = np.sin(2 * np.pi * frequency_hz * time_s + rng.uniform(0, 2 * np.pi))
            shift[:, axis] += shake_px / 3 * wave
    limit = np.array([reach_px, max(1.0, reach_px / 4)])
    return np.clip(shift, -limit, limit)
