"""Synthetic crowds of any size, as detections: what trackers are timed on.

The frame grows with the number of objects, so that each has as many neighbours as in a real crowd: about one
person per 45,000 pixels, as in MOT17-04. People walk, turn, are hidden or half hidden for some frames, leave
at one side and others enter at the other; detections jitter, some are missed and some are false.
"""

# N objects

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mot_model.structures import Array, Detections

FRAME_RATE_HZ = 30.0
AREA_PER_OBJECT_PX = 45_000.0
HEIGHT_PX = 130.0
WIDTH_PER_HEIGHT = 0.4
SPEED_PX = 2.0
"""Per frame, in x and in y."""
TURN_PX = 0.1
"""Change of the speed per frame."""
JITTER = 0.015
"""Error of a detected side, as a share of width or height."""
HIDE, SHOW = 0.01, 0.15
"""Chances per frame that an object begins or ceases to be hidden: hidden for 7 frames, 6 % of the time."""
DIM, CLEAR = 0.02, 0.2
"""Chances per frame that the score of an object begins or ceases to be low: 9 % of the time."""
FALSE_SHARE = 0.05
"""False detections per object."""


def crowd_stream(num_objects: int, num_frames: int, *, seed: int = 0) -> list[Detections]:
    """Return `num_frames` frames of about `num_objects` detections each, the same for the same arguments.

    Examples:
        >>> [len(frame) for frame in crowd_stream(10, 3)]
        [12, 11, 11]
    """
    rng = np.random.default_rng([seed, num_objects])
    frames = []
    for index, (xyxy, score) in zip(range(num_frames), _frames(rng, num_objects), strict=False):
        order = rng.permutation(len(score))
        frames.append(
            Detections(
                frame_index=index,
                time_s=index / FRAME_RATE_HZ,
                xyxy=xyxy[order].astype(np.float32),
                score=score[order].astype(np.float32),
                class_id=np.ones(len(score), np.int64),
            )
        )
    return frames


def _frames(rng: np.random.Generator, num: int) -> Iterator[tuple[Array, Array]]:
    """Yield boxes `(N, 4)` and scores `(N,)` of one frame after the other."""
    side_px = np.sqrt(num * AREA_PER_OBJECT_PX / (16 * 9))
    field_px = side_px * np.array([16.0, 9.0])
    centre, velocity = rng.uniform(0, field_px, (num, 2)), rng.normal(0, SPEED_PX, (num, 2))
    height = _heights(rng, num)
    is_hidden, is_dim = rng.random(num) < HIDE / (HIDE + SHOW), rng.random(num) < DIM / (DIM + CLEAR)
    while True:
        is_hidden = np.where(is_hidden, rng.random(num) >= SHOW, rng.random(num) < HIDE)
        is_dim = np.where(is_dim, rng.random(num) >= CLEAR, rng.random(num) < DIM)
        bright, dim = rng.normal(0.87, 0.05, num).clip(0.6, 1), rng.uniform(0.1, 0.6, num)
        real = _boxes(rng, centre, height)[~is_hidden]
        num_false = rng.poisson(FALSE_SHARE * num)
        false = _boxes(rng, rng.uniform(0, field_px, (num_false, 2)), _heights(rng, num_false))
        scores = [np.where(is_dim, dim, bright)[~is_hidden], rng.uniform(0.1, 0.7, num_false)]
        yield np.concatenate([real, false]), np.concatenate(scores)
        velocity += rng.normal(0, TURN_PX, (num, 2))
        centre = centre + velocity
        has_left = ((centre < 0) | (centre > field_px)).any(axis=1)
        height = np.where(has_left, _heights(rng, num), height)
        velocity[has_left] = rng.normal(0, SPEED_PX, (int(has_left.sum()), 2))
        centre %= field_px


def _heights(rng: np.random.Generator, num: int) -> Array:
    """Return heights of persons `(N,)` in pixels."""
    return HEIGHT_PX * rng.lognormal(0, 0.25, num)


def _boxes(rng: np.random.Generator, centre: Array, height: Array) -> Array:
    """Return boxes `(N, 4)` as a detector sees them: not quite right."""
    size = np.stack([WIDTH_PER_HEIGHT * height, height], axis=1)
    corners = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    jittered: Array = corners + rng.normal(0, JITTER, (len(height), 4)) * np.tile(size, 2)
    return jittered
