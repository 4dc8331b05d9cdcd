"""Kalman filter over boxes, for all tracks at once and any time between frames.

The four coordinates (centre x, centre y, width, height) are filtered independently: each has a position and
a velocity, so its covariance is three numbers and every formula is plain element-wise arithmetic. Velocities
fade with a half-life, since nobody keeps a course for long, and the noise is that of a random walk in
continuous time: two short steps equal one long step. A motion array `(M, 5, 4)` holds, per track, the rows
position, velocity, position variance, covariance and velocity variance. Noise is relative to box size, since
a person twice as near moves and jitters twice as many pixels.

Source: SORT (Bewley et al. 2016, arXiv:1602.00763) for the filter, BoT-SORT (Aharon et al. 2022,
arXiv:2206.14651) for the coordinates, Uhlenbeck and Ornstein (1930) for velocities that fade.
"""

# M tracks

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

POSITION, VELOCITY, POSITION_VARIANCE, COVARIANCE, VELOCITY_VARIANCE = range(5)
MIN_SIZE_PX = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionModel:
    """How boxes move and how well they are measured; lengths as a share of the box's width or height.

    Raises:
        ValueError: if a number is not positive.
    """

    measurement: float = 0.05
    """Standard deviation of a detected coordinate; higher trusts the prediction more."""
    position_walk: float = 0.4
    """Standard deviation of the random walk of a position after one second."""
    velocity_walk: float = 2.0
    """Standard deviation of the random walk of a velocity (per second) after one second; higher follows turns
    faster."""
    initial_velocity: float = 1.9
    """Standard deviation of the unknown velocity (per second) of a new track."""
    half_life_s: float = 0.2
    """Seconds after which a velocity has halved; higher carries a hidden object farther along."""

    def __post_init__(self) -> None:
        for name in ("measurement", "position_walk", "velocity_walk", "initial_velocity", "half_life_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"motion.{name} must be positive, but got {getattr(self, name)}")


def xyxy_to_centre(xyxy: Array) -> Array:
    """Return `xyxy` boxes `(M, 4)` as centre x, centre y, width, height."""
    return np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], axis=1)


def centre_to_xyxy(centre: Array) -> Array:
    """Return boxes `(M, 4)` given as centre x, centre y, width, height in `xyxy`."""
    half = np.maximum(centre[:, 2:], MIN_SIZE_PX) / 2
    return np.concatenate([centre[:, :2] - half, centre[:, :2] + half], axis=1)


def begin_motion(measured: Array, model: MotionModel) -> Array:
    """Return the motion array `(M, 5, 4)` of new tracks at rest.

    Args:
        measured: float64 `(M, 4)`, first boxes as centre x, centre y, width, height.
        model: Its spreads.
    """
    size = _noise_scale(measured)
    motion = np.zeros((len(measured), 5, 4))
    motion[:, POSITION] = measured
    motion[:, POSITION_VARIANCE] = (2 * model.measurement * size) ** 2
    motion[:, VELOCITY_VARIANCE] = (model.initial_velocity * size) ** 2
    return motion


def predict_motion(motion: Array, step_s: float, model: MotionModel) -> Array:
    """Return `motion` `(M, 5, 4)` moved `step_s` seconds ahead; sizes stay positive."""
    position, velocity, pp, pv, vv = motion.transpose(1, 0, 2)
    tau = model.half_life_s / math.log(2)
    fade = math.exp(-step_s / tau)
    reach = tau * (1 - fade)  # seconds at full speed that the fading velocity is worth
    variance = np.square(_noise_scale(position))
    turn = model.velocity_walk**2
    walk_pp = model.position_walk**2 * step_s + turn * tau**2 * (step_s - 2 * reach + tau * (1 - fade**2) / 2)
    ahead = np.empty_like(motion)
    ahead[:, POSITION] = position + reach * velocity
    ahead[:, VELOCITY] = fade * velocity
    ahead[:, POSITION_VARIANCE] = pp + 2 * reach * pv + reach**2 * vv + walk_pp * variance
    ahead[:, COVARIANCE] = fade * (pv + reach * vv) + turn * reach**2 / 2 * variance
    ahead[:, VELOCITY_VARIANCE] = fade**2 * vv + turn * tau * (1 - fade**2) / 2 * variance
    np.maximum(ahead[:, POSITION, 2:], MIN_SIZE_PX, out=ahead[:, POSITION, 2:])
    return ahead


def update_motion(motion: Array, measured: Array, model: MotionModel) -> Array:
    """Return `motion` `(M, 5, 4)` corrected by the boxes `measured` `(M, 4)` (centre, width, height)."""
    position, velocity, pp, pv, vv = motion.transpose(1, 0, 2)
    total = pp + np.square(model.measurement * _noise_scale(position))
    gain_position, gain_velocity = pp / total, pv / total
    surprise = measured - position
    corrected = np.empty_like(motion)
    corrected[:, POSITION] = position + gain_position * surprise
    corrected[:, VELOCITY] = velocity + gain_velocity * surprise
    corrected[:, POSITION_VARIANCE] = (1 - gain_position) * pp
    corrected[:, COVARIANCE] = (1 - gain_position) * pv
    corrected[:, VELOCITY_VARIANCE] = vv - gain_velocity * pv
    np.maximum(corrected[:, POSITION, 2:], MIN_SIZE_PX, out=corrected[:, POSITION, 2:])
    return corrected


def warp_motion(motion: Array, camera_motion: Array) -> Array:
    """Return `motion` `(M, 5, 4)` as seen after the camera moved by the affine `camera_motion` `(2, 3)`.

    Centres and their velocities follow the affine; sizes and spreads follow its scale. The coupling of x and
    y that a rotation brings into the covariance is left out: between two frames it is tiny.
    """
    linear, shift = camera_motion[:, :2], camera_motion[:, 2]
    scale = float(np.sqrt(np.abs(np.linalg.det(linear))))
    warped: Array = motion * np.array([scale, scale, scale**2, scale**2, scale**2])[:, None]
    warped[:, :2, :2] = motion[:, :2, :2] @ linear.T
    warped[:, POSITION, :2] += shift
    return warped


def _noise_scale(position: Array) -> Array:
    """Return the size `(M, 4)` that noise is relative to: width for x and width, height for y and height."""
    size: Array = np.maximum(position[:, [2, 3, 2, 3]], MIN_SIZE_PX)
    return size
