"""Tracks of a whole video, bettered with hindsight: pieces of one track linked, short gaps filled.

The tracker is online and knows nothing of what comes; this runs after it, over all rows at once, and only
where it is asked for.
"""

# R rows, M tracks, P pairs of tracks

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from mot_model.structures import Array, Tracks

MIN_ROWS_OF_SPEED = 3
"""Boxes that a speed needs; a track with fewer is taken for standing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineConfig:
    """What hindsight may change.

    Raises:
        ValueError: if a number is outside of its range.
    """

    link_gap_s: float = 4.0
    """A track that begins at most this long after another one ended may be its continuation; 0 links none."""
    link_distance: float = 0.15
    """How far from where the other would be it may begin, in heights of the box."""
    link_size_change: float = 0.2
    """How much the height may differ, as a natural logarithm."""
    speed_window_s: float = 0.5
    """Time at the end of a track over which its speed is measured."""
    glide_s: float = 0.5
    """Time constant in which an unseen object comes to rest."""
    fill_gap_s: float = 0.5
    """Gaps of a track up to this long are filled with boxes on a straight line; 0 fills none."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if not 0 <= getattr(self, field.name) < float("inf"):
                raise ValueError(f"{field.name} must not be negative, but got {getattr(self, field.name)}")
        for name in ("link_distance", "link_size_change", "glide_s"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name} must be above 0; to link nothing, set link_gap_s to 0")


def with_hindsight(tracks: Tracks, config: OfflineConfig | None = None) -> Tracks:
    """Return the tracks of a whole video linked, then filled, sorted by frame and id.

    Ids stay those of the tracker; of tracks that are linked, the first one's remains.
    """
    config = config or OfflineConfig()
    return fill_gaps(link_tracks(tracks, config), config)


def link_tracks(tracks: Tracks, config: OfflineConfig) -> Tracks:
    """Return the tracks of a whole video with those made one of which one goes on where another ended.

    All are assigned at once, so that each has at most one continuation and is that of at most one. What two
    tracks cost is the distance by which each misses the other when it glides on, forward or backward in time,
    and the change of height, both in units of what is allowed.

    Source: the global link of StrongSORT (Du et al. 2023, arXiv:2202.13514), with a motion model in place of
    its learned cost.
    """
    if not len(tracks) or not config.link_gap_s:
        return tracks
    rows = tracks[np.lexsort((tracks.frame_index, tracks.track_id))]
    track_id, first = np.unique(rows.track_id, return_index=True)
    last = np.append(first[1:], len(rows)) - 1
    earlier, later = _candidates(rows, first, last, config.link_gap_s)
    cost = _link_costs(rows, (first, last), (earlier, later), config)
    near = cost < 1
    origin = _origins(len(track_id), earlier[near], later[near], cost[near])
    linked = np.repeat(track_id[origin], last - first + 1).astype(np.int32)
    return _in_order(replace(rows, track_id=linked))


def _candidates(rows: Tracks, first: Array, last: Array, max_gap_s: float) -> tuple[Array, Array]:
    """Return pairs `(P,)` of tracks of one class, the second beginning soon after the first ended."""
    begin_s, end_s = rows.time_s[first], rows.time_s[last]
    order = np.argsort(begin_s, kind="stable")
    start = np.searchsorted(begin_s[order], end_s, side="right")
    stop = np.searchsorted(begin_s[order], end_s + max_gap_s, side="right")
    earlier, place = _ranges(start, stop)
    later = order[place]
    same = rows.class_id[first[earlier]] == rows.class_id[first[later]]
    return earlier[same], later[same]


def _link_costs(
    rows: Tracks, ends: tuple[Array, Array], pairs: tuple[Array, Array], config: OfflineConfig
) -> Array:
    """Return what it costs `(P,)` to link the pairs; from 1 on, it is too much."""
    (first, last), (earlier, later) = ends, pairs
    xyxy = rows.xyxy.astype(np.float64)
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    log_height = np.log(np.maximum(xyxy[:, 3] - xyxy[:, 1], 1e-3))
    speed_at_end = _speeds(rows.time_s, centre, (first, last), last, config.speed_window_s)
    speed_at_begin = _speeds(rows.time_s, centre, (first, last), first, config.speed_window_s)
    end, begin = last[earlier], first[later]
    gap_s = rows.time_s[begin] - rows.time_s[end]
    glide_s = (config.glide_s * -np.expm1(-gap_s / config.glide_s))[:, None]
    step = centre[begin] - centre[end]
    missed = np.linalg.norm(step - speed_at_end[earlier] * glide_s, axis=1)
    missed += np.linalg.norm(step - speed_at_begin[later] * glide_s, axis=1)
    height = np.exp((log_height[end] + log_height[begin]) / 2)
    change = np.abs(log_height[end] - log_height[begin])
    cost: Array = np.hypot(missed / (2 * height * config.link_distance), change / config.link_size_change)
    return cost


def _speeds(time_s: Array, centre: Array, ends: tuple[Array, Array], at: Array, window_s: float) -> Array:
    """Return the speed `(M, 2)` of tracks from a line through their centres near the rows `at` `(M,)`."""
    first, last = ends
    since = time_s - np.repeat(time_s[at], last - first + 1)
    counted = (np.abs(since) <= window_s).astype(np.float64)
    count, sum_time, sum_square = (np.add.reduceat(counted * since**power, first) for power in range(3))
    sum_place = np.add.reduceat(counted[:, None] * centre, first)
    sum_product = np.add.reduceat((counted * since)[:, None] * centre, first)
    spread = count * sum_square - sum_time**2
    known = (count >= MIN_ROWS_OF_SPEED) & (spread > 0)
    slope = count[:, None] * sum_product - sum_time[:, None] * sum_place
    return np.where(known[:, None], slope / np.where(known, spread, 1)[:, None], 0)


def _origins(num_tracks: int, earlier: Array, later: Array, cost: Array) -> Array:
    """Return for each track `(M,)` the one that its chain begins with, chains being of least cost in all."""
    origin = np.arange(num_tracks)
    if len(cost):
        ended, row = np.unique(earlier, return_inverse=True)
        begun, column = np.unique(later, return_inverse=True)
        # Each may also go on in nothing, at the price of the dearest link: so a full assignment is possible.
        # An entry of 0 would count as none, hence one more for all.
        values = np.concatenate([cost, np.ones(len(ended))]) + 1
        nothing = np.arange(len(ended))
        places = (np.concatenate([row, nothing]), np.concatenate([column, len(begun) + nothing]))
        table = coo_array((values, places), shape=(len(ended), len(begun) + len(ended))).tocsr()
        end, begin = min_weight_full_bipartite_matching(table)
        linked = begin < len(begun)
        origin[begun[begin[linked]]] = ended[end[linked]]
    while (origin[origin] != origin).any():
        origin = origin[origin]
    return origin


def fill_gaps(tracks: Tracks, config: OfflineConfig) -> Tracks:
    """Return the tracks of a whole video with a box in every frame of their short gaps, on a straight line.

    Time, score and action scores go in proportion, too. Rows are sorted by frame and id.

    Source: as ByteTrack (Zhang et al. 2022, arXiv:2110.06864) and others do after tracking.
    """
    rows = tracks[np.lexsort((tracks.frame_index, tracks.track_id))]
    step, gap_s = np.diff(rows.frame_index), np.diff(rows.time_s)
    short = (np.diff(rows.track_id) == 0) & (step > 1) & (gap_s <= config.fill_gap_s)
    before = np.flatnonzero(short)
    which, number = _ranges(np.ones(len(before), np.int64), step[before])
    left = before[which]
    share = number / step[left]

    def between(column: Array) -> Array:
        weight = share.reshape(-1, *[1] * (column.ndim - 1))
        return ((1 - weight) * column[left] + weight * column[left + 1]).astype(column.dtype)

    filled = replace(
        rows[left],
        frame_index=(rows.frame_index[left] + number).astype(np.int32),
        time_s=between(rows.time_s),
        xyxy=between(rows.xyxy),
        score=between(rows.score),
        action_score=between(rows.action_score),
    )
    return _in_order(Tracks.concatenate([rows, filled]))


def _ranges(start: Array, stop: Array) -> tuple[Array, Array]:
    """Return the numbers of all `[start, stop)` in a row, and before them, which range each is of."""
    length = stop - start
    which = np.repeat(np.arange(len(start)), length)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
    return which, start[which] + offset


def _in_order(rows: Tracks) -> Tracks:
    """Return `rows` sorted by frame and id."""
    return rows[np.lexsort((rows.track_id, rows.frame_index))]
