"""Constant-velocity Kalman filter over boxes, for all tracks at once and any time between frames.

The four coordinates (centre x, centre y, width, height) are filtered independently: each has a position and a
velocity, so its covariance is three numbers and every formula below is plain element-wise arithmetic. A motion
array `(M, 5, 4)` holds, per track, the rows position, velocity, position variance, covariance and velocity
variance. Noise is relative to box size, since a person twice as near moves and jitters twice as many pixels.

Source: SORT (Bewley et al. 2016, arXiv:1602.00763) for the model, BoT-SORT (Aharon et al. 2022,
arXiv:2206.14651) for the state of centre, width and height.
"""

# M tracks

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

POSITION, VELOCITY, POSITION_VARIANCE, COVARIANCE, VELOCITY_VARIANCE = range(5)
MIN_SIZE_PX = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class KalmanNoise:
    """Standard deviations of the motion model, all as a share of the box size.

    Raises:
        ValueError: if one is not positive.
    """

    measurement: float = 0.05
    """Error of a detected coordinate; higher trusts the prediction more."""
    position: float = 0.27
    """Random walk of the position after one second."""
    velocity: float = 1.0
    """Random walk of the velocity (sizes per second) after one second; higher follows turns faster."""
    initial_velocity: float = 1.9
    """Spread of the unknown velocity (sizes per second) of a new track."""

    def __post_init__(self) -> None:
        for name in ("measurement", "position", "velocity", "initial_velocity"):
            if not getattr(self, name) > 0:
                raise ValueError(f"noise.{name} must be positive, but got {getattr(self, name)}")


def xyxy_to_centre(xyxy: Array) -> Array:
    """Return `xyxy` boxes `(M, 4)` as centre x, centre y, width, height."""
    return np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], axis=1)


def centre_to_xyxy(centre: Array) -> Array:
    """Return boxes `(M, 4)` given as centre x, centre y, width, height in `xyxy`."""
    half = np.maximum(centre[:, 2:], MIN_SIZE_PX) / 2
    return np.concatenate([centre[:, :2] - half, centre[:, :2] + half], axis=1)


def begin_motion(measured: Array, noise: KalmanNoise) -> Array:
    """Return the motion array `(M, 5, 4)` of new tracks at rest.

    Args:
        measured: float64 `(M, 4)`, first boxes as centre x, centre y, width, height.
        noise: The motion model.
    """
    size = _noise_scale(measured)
    motion = np.zeros((len(measured), 5, 4))
    motion[:, POSITION] = measured
    motion[:, POSITION_VARIANCE] = (2 * noise.measurement * size) ** 2
    motion[:, VELOCITY_VARIANCE] = (noise.initial_velocity * size) ** 2
    return motion


def predict_motion(motion: Array, step_s: float, noise: KalmanNoise) -> Array:
    """Return `motion` `(M, 5, 4)` moved `step_s` seconds ahead; sizes stay positive.

    The noise is that of a random walk in continuous time, so two short steps equal one long step.
    """
    position, velocity, pp, pv, vv = motion.transpose(1, 0, 2)
    variance = np.square(_noise_scale(position))
    walk, turn = noise.position**2 * step_s, noise.velocity**2 * step_s
    ahead = np.empty_like(motion)
    ahead[:, POSITION] = position + step_s * velocity
    ahead[:, VELOCITY] = velocity
    ahead[:, POSITION_VARIANCE] = (
        pp + 2 * step_s * pv + step_s**2 * vv + variance * (walk + turn * step_s**2 / 3)
    )
    ahead[:, COVARIANCE] = pv + step_s * vv + variance * (turn * step_s / 2)
    ahead[:, VELOCITY_VARIANCE] = vv + variance * turn
    np.maximum(ahead[:, POSITION, 2:], MIN_SIZE_PX, out=ahead[:, POSITION, 2:])
    return ahead


def update_motion(motion: Array, measured: Array, noise: KalmanNoise) -> Array:
    """Return `motion` `(M, 5, 4)` corrected by the boxes `measured` `(M, 4)` (centre, width, height)."""
    position, velocity, pp, pv, vv = motion.transpose(1, 0, 2)
    total = pp + np.square(noise.measurement * _noise_scale(position))
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

    Centres and their velocities follow the affine; sizes and spreads follow its scale. The coupling of x and y
    that a rotation brings into the covariance is left out: between two frames it is tiny.
    """
    linear, shift = camera_motion[:, :2], camera_motion[:, 2]
    scale = float(np.sqrt(np.abs(np.linalg.det(linear))))
    warped = motion * np.array([scale, scale, scale**2, scale**2, scale**2])[:, None]
    warped[:, :2, :2] = motion[:, :2, :2] @ linear.T
    warped[:, POSITION, :2] += shift
    return warped


def _noise_scale(position: Array) -> Array:
    """Return the size `(M, 4)` that noise is relative to: width for x and width, height for y and height."""
    return np.maximum(position[:, [2, 3, 2, 3]], MIN_SIZE_PX)
