"""The tracker's loops over the rows of tracks and detections: compiled, where arrays would take ten calls."""

# M tracks, N detections, R rows

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mot_model.compiled import compiled
from mot_model.kalman import correct_track
from mot_model.structures import Array

MAX_COORDINATE_PX = 1e7
"""Boxes beyond are taken for garbage."""


class Sightings(NamedTuple):
    """What a track has from its detections; see `TrackerState`."""

    motion: Array
    last_xyxy: Array
    last_seen_s: Array
    num_hits: Array
    score: Array


@compiled
def sound_rows(xyxy: Array, score: Array, min_score: float) -> Array:
    """Return which boxes `(N, 4)` are finite with an area, and score `min_score` to 1: bool `(N,)`."""
    is_sound = np.empty(len(xyxy), np.bool_)
    for i in range(len(xyxy)):
        ok = min_score <= score[i] <= 1 and xyxy[i, 2] > xyxy[i, 0] and xyxy[i, 3] > xyxy[i, 1]
        for side in range(4):
            ok = ok and abs(xyxy[i, side]) < MAX_COORDINATE_PX
        is_sound[i] = ok
    return is_sound


def seen_again(
    tracks: Sightings, track_of: Array, xyxy: Array, score: Array, clock_s: float, measurement: float
) -> Sightings:
    """Return `tracks` with those that have a detection corrected by it; the arrays given are not changed.

    Args:
        tracks: Predicted to `clock_s`.
        track_of: int64 `(N,)`, the track of each detection, -1 for none.
        xyxy: float64 `(N, 4)`.
        score: float `(N,)`.
        clock_s: Now.
        measurement: See `MotionModel`.
    """
    copies = tuple([array.copy() for array in tracks])  # numba takes plain tuples far faster than named ones
    _see(copies, track_of, xyxy, score, clock_s, measurement)
    return Sightings(*copies)


@compiled
def _see(
    fields: tuple[Array, ...], track_of: Array, xyxy: Array, score: Array, clock_s: float, measurement: float
) -> None:
    """Write the detections into the fields of `Sightings`."""
    motion, last_xyxy, last_seen_s, num_hits, last_score = fields
    for j in range(len(track_of)):
        i = track_of[j]
        if i >= 0:
            correct_track(motion[i], xyxy[j], measurement)
            for side in range(4):
                last_xyxy[i, side] = xyxy[j, side]
            last_seen_s[i] = clock_s
            num_hits[i] += 1
            last_score[i] = score[j]


@compiled
def rows_to_report(track_of: Array, num_hits: Array, min_hits: int) -> tuple[Array, Array]:
    """Return the tracks, ascending, to be reported, and the detection of each: int64 `(R,)` twice."""
    column_of = np.full(len(num_hits), -1)
    for j in range(len(track_of)):
        if track_of[j] >= 0 and num_hits[track_of[j]] >= min_hits:
            column_of[track_of[j]] = j
    rows, columns, num = np.empty(len(num_hits), np.int64), np.empty(len(num_hits), np.int64), 0
    for i in range(len(num_hits)):
        if column_of[i] >= 0:
            rows[num], columns[num] = i, column_of[i]
            num += 1
    return rows[:num], columns[:num]
