"""Kalman filter over boxes, for all tracks at once and any time between frames.

The four coordinates (centre x, centre y, width, height) are filtered independently: each has a position and
a velocity, so its covariance is three numbers and no matrix is inverted. Velocities fade with a half-life,
since nobody keeps a course for long, and the noise is that of a random walk in continuous time: two short
steps equal one long step. A motion array `(M, 5, 4)` holds, per track, the rows position, velocity, position
variance, covariance and velocity variance. Noise is relative to box size, since a person twice as near moves
and jitters twice as many pixels.

Source: SORT (Bewley et al. 2016, arXiv:1602.00763) for the filter, BoT-SORT (Aharon et al. 2022,
arXiv:2206.14651) for the coordinates, Uhlenbeck and Ornstein (1930) for velocities that fade.
"""

# M tracks

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mot_model.compiled import compiled
from mot_model.structures import Array

POSITION, VELOCITY, POSITION_VARIANCE, COVARIANCE, VELOCITY_VARIANCE = range(5)
MIN_SIZE_PX = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionModel:
    """How boxes move and how well they are measured; lengths as a share of the box's width or height.

    Raises:
        ValueError: if a number is not positive.
    """

    measurement: float = 0.28
    """Standard deviation of a detected coordinate; higher trusts the prediction more."""
    position_walk: float = 0.052
    """Standard deviation of the random walk of a position after one second."""
    velocity_walk: float = 0.49
    """Standard deviation of the random walk of a velocity (per second) after one second; higher follows turns
    faster."""
    initial_velocity: float = 1.6
    """Standard deviation of the unknown velocity (per second) of a new track."""
    half_life_s: float = 2.0
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


@compiled
def expected_boxes(motion: Array) -> Array:
    """Return where tracks `(M, 5, 4)` should be, `xyxy` `(M, 4)`."""
    xyxy = np.empty((len(motion), 4))
    for i in range(len(motion)):
        for axis in range(2):
            middle, half = motion[i, POSITION, axis], motion[i, POSITION, 2 + axis] / 2
            xyxy[i, axis], xyxy[i, 2 + axis] = middle - half, middle + half
    return xyxy


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


def predict_motion(
    motion: Array, step_s: float, model: MotionModel, *, keeps_size: Array | None = None
) -> Array:
    """Return `motion` `(M, 5, 4)` moved `step_s` seconds ahead; sizes stay positive.

    Args:
        motion: Where tracks are.
        step_s: Seconds to move.
        model: Its spreads.
        keeps_size: bool `(M,)`, tracks whose width and height stand still.
    """
    if keeps_size is None:
        keeps_size = np.zeros(len(motion), bool)
    tau = model.half_life_s / math.log(2)
    return _predict(motion, keeps_size, step_s, tau, model.position_walk, model.velocity_walk)


@compiled
def _predict(
    motion: Array, keeps_size: Array, step_s: float, tau: float, position_walk: float, velocity_walk: float
) -> Array:
    """Return the prediction of `predict_motion`, with `tau` the mean life of a velocity in seconds."""
    fade = math.exp(-step_s / tau)
    reach = tau * (1 - fade)  # seconds at full speed that the fading velocity is worth
    turn = velocity_walk**2
    walk_pp = position_walk**2 * step_s + turn * tau**2 * (step_s - 2 * reach + tau * (1 - fade**2) / 2)
    walk_pv, walk_vv = turn * reach**2 / 2, turn * tau * (1 - fade**2) / 2
    ahead = np.empty_like(motion)
    for i in range(len(motion)):
        for axis in range(4):
            position, velocity, pp, pv, vv = motion[i, :, axis]
            variance = max(motion[i, POSITION, 2 + axis % 2], MIN_SIZE_PX) ** 2
            if axis >= 2 and keeps_size[i]:
                velocity = 0.0
            position += reach * velocity
            ahead[i, POSITION, axis] = position if axis < 2 else max(position, MIN_SIZE_PX)
            ahead[i, VELOCITY, axis] = fade * velocity
            ahead[i, POSITION_VARIANCE, axis] = pp + 2 * reach * pv + reach**2 * vv + walk_pp * variance
            ahead[i, COVARIANCE, axis] = fade * (pv + reach * vv) + walk_pv * variance
            ahead[i, VELOCITY_VARIANCE, axis] = fade**2 * vv + walk_vv * variance
    return ahead


@compiled
def correct_track(motion: Array, xyxy: Array, measurement: float) -> None:
    """Correct `motion` `(5, 4)` of one track in place by its detection `xyxy` `(4,)`."""
    sizes = max(motion[POSITION, 2], MIN_SIZE_PX), max(motion[POSITION, 3], MIN_SIZE_PX)
    for axis in range(4):
        low, high = xyxy[axis % 2], xyxy[2 + axis % 2]
        measured = (low + high) / 2 if axis < 2 else high - low
        position, velocity, pp, pv, vv = motion[:, axis]
        total = pp + (measurement * sizes[axis % 2]) ** 2
        gain_position, gain_velocity = pp / total, pv / total
        surprise = measured - position
        position += gain_position * surprise
        motion[POSITION, axis] = position if axis < 2 else max(position, MIN_SIZE_PX)
        motion[VELOCITY, axis] = velocity + gain_velocity * surprise
        motion[POSITION_VARIANCE, axis] = (1 - gain_position) * pp
        motion[COVARIANCE, axis] = (1 - gain_position) * pv
        motion[VELOCITY_VARIANCE, axis] = vv - gain_velocity * pv


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
