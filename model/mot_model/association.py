"""Which detection continues which track: what each pair gains, and passes of matchings over the pairs.

Only pairs whose boxes can overlap are looked at, a few per track. So the cost grows with the crowd around
each person and not with the square of its size.
"""

# M tracks, N detections, P pairs, D embedding

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mot_model.compiled import compiled
from mot_model.kalman import VELOCITY, expected_boxes
from mot_model.matching import match_pairs
from mot_model.overlap import find_pairs, grown_boxes, grown_iou, height_iou
from mot_model.structures import Array, Detections
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState

MAIN, LOW, RECOVERY, TENTATIVE = range(4)
"""The passes in their order; each matches what the ones before left free."""


NOTHING_EXTRA = np.zeros((0, 0))


class _Rules(NamedTuple):
    """The settings of matching as plain numbers, for compiled code; see `TrackerConfig`."""

    high_score: float
    min_hits: int
    max_gap_s: float
    """Time since it was last seen up to which a track takes high detections."""
    recent_s: float
    """The same for low ones."""
    height_power: float
    score_change: float
    size_change: float
    direction: float
    buffer: tuple[float, float, float, float]
    """Growth of boxes in each pass."""
    min_overlap: tuple[float, float, float, float]
    """Overlap that gains nothing, in each pass."""


class _Tracks(NamedTuple):
    """The M tracks, predicted to the time of the detections."""

    motion: Array
    last_xyxy: Array
    unseen_s: Array
    num_hits: Array
    score: Array
    class_id: Array


class _Boxes(NamedTuple):
    """The N detections."""

    xyxy: Array
    """float64 `(N, 4)`."""
    score: Array
    """float64 `(N,)`."""
    class_id: Array
    by_left: Array
    """int64 `(N,)`, their order by the left edge when grown as far as in any pass."""


@compiled
def _turn(last: Array, velocity: Array, box: Array) -> float:
    """Return how far a match would turn a track from its course, 0 (straight on) to 1 (back), 0.5 at rest.

    Source: OC-SORT (Cao et al. 2023, arXiv:2203.14360), section 4.2.
    """
    x = (box[0] + box[2] - last[0] - last[2]) / 2
    y = (box[1] + box[3] - last[1] - last[3]) / 2
    length = math.hypot(x, y) * math.hypot(velocity[0], velocity[1])
    if length <= 0:
        return 0.5
    return math.acos(min(max((x * velocity[0] + y * velocity[1]) / length, -1.0), 1.0)) / math.pi


@compiled
def _pass_of(tracks: _Tracks, boxes: _Boxes, i: int, j: int, rules: _Rules) -> int:
    """Return the pass that track `i` and detection `j` are for, -1 for none; main ones also recover."""
    if tracks.unseen_s[i] > rules.max_gap_s:
        return -1
    is_high, is_reported = boxes.score[j] >= rules.high_score, tracks.num_hits[i] >= rules.min_hits
    if is_high:
        return MAIN if is_reported else TENTATIVE
    return LOW if is_reported and tracks.unseen_s[i] <= rules.recent_s else -1


@compiled
def _pair_gains(
    pairs: tuple[Array, Array],
    tracks: _Tracks,
    boxes: _Boxes,
    predicted: Array,
    extra: Array,
    rules: _Rules,
) -> Array:
    """Return what each pair would gain in each pass, float64 `(4, P)`, -inf where it may not match.

    Args:
        pairs: Rows and columns, int64 `(P,)` each.
        tracks: The rows.
        boxes: The columns.
        predicted: float64 `(M, 4)`, expected boxes of the tracks.
        extra: float64 `(M, N)`, added to every gain, or `(0, 0)` for nothing.
        rules: Settings.
    """
    rows, cols = pairs
    gain = np.full((4, len(rows)), -np.inf)
    for k in range(len(rows)):
        i, j = rows[k], cols[k]
        stage = _pass_of(tracks, boxes, i, j, rules)
        if stage < 0:
            continue
        box = boxes.xyxy[j]
        bonus = -rules.score_change * abs(tracks.score[i] - boxes.score[j])
        bonus -= rules.size_change * abs(math.log((box[3] - box[1]) / (predicted[i, 3] - predicted[i, 1])))
        if rules.direction > 0:
            turn = _turn(tracks.last_xyxy[i], tracks.motion[i, VELOCITY], box)
            bonus += rules.direction * (1 - 2 * turn)
        if extra.size > 0:
            bonus += extra[i, j]
        likeness = height_iou(predicted, i, boxes.xyxy, j) ** rules.height_power
        overlap = likeness * grown_iou(predicted, i, boxes.xyxy, j, rules.buffer[stage])
        if overlap > 0:
            gain[stage, k] = overlap - rules.min_overlap[stage] + bonus
        if stage == MAIN:
            overlap = likeness * grown_iou(tracks.last_xyxy, i, boxes.xyxy, j, rules.buffer[RECOVERY])
            if overlap > 0:
                gain[RECOVERY, k] = overlap - rules.min_overlap[RECOVERY] + bonus
    return gain


@compiled
def _match_in_passes(pairs: tuple[Array, Array], gain: Array, track_of: Array, is_free: Array) -> None:
    """Run one matching per row of `gain`, each over the pairs that are still free.

    Args:
        pairs: Rows, ascending, and columns, int64 `(P,)` each.
        gain: float64 `(S, P)`.
        track_of: int64 `(N,)`, written: the track of each detection, -1 for none yet.
        is_free: bool `(M,)`, written: which tracks have no detection yet.
    """
    rows, cols = pairs
    index = np.empty(len(rows), np.int64)
    for stage in range(len(gain)):
        num = 0
        for k in range(len(rows)):
            if gain[stage, k] > 0 and is_free[rows[k]] and track_of[cols[k]] < 0:
                index[num] = k
                num += 1
        if num == 0:
            continue
        kept = index[:num]
        col_of = match_pairs(rows[kept], cols[kept], gain[stage][kept], len(is_free), len(track_of))
        for i in range(len(is_free)):
            if col_of[i] >= 0:
                track_of[col_of[i]] = i
                is_free[i] = False


@compiled
def _match_by_position(
    track_fields: tuple[Any, ...],
    box_fields: tuple[Any, ...],
    extra: Array,
    rule_fields: tuple[Any, ...],
    track_of: Array,
    is_free: Array,
) -> None:
    """Match in all passes that need boxes to meet; `track_of` and `is_free` are written.

    The fields are those of `_Tracks`, `_Boxes` and `_Rules`: plain tuples pass from Python much faster.
    """
    tracks, boxes, rules = _Tracks(*track_fields), _Boxes(*box_fields), _Rules(*rule_fields)
    predicted, growth = expected_boxes(tracks.motion), max(rules.buffer)
    reach, grown = grown_boxes(predicted, growth), grown_boxes(boxes.xyxy, growth)
    for i in range(len(reach)):
        for axis in range(2):
            reach[i, axis] = min(reach[i, axis], tracks.last_xyxy[i, axis])
            reach[i, 2 + axis] = max(reach[i, 2 + axis], tracks.last_xyxy[i, 2 + axis])
    pairs = find_pairs(reach, tracks.class_id, grown, boxes.class_id, boxes.by_left)
    gain = _pair_gains(pairs, tracks, boxes, predicted, extra, rules)
    _match_in_passes(pairs, gain, track_of, is_free)


def embedding_distance(tracks: Array, detections: Array) -> Array:
    """Return the cosine distance `(M, N)` of unit embeddings `(M, D)` and `(N, D)`, 0 to 2.

    A row of zeros (a track that was never embedded) is 1 from everything.
    """
    distance: Array = 1 - tracks @ detections.T
    return distance


def match_tracks(
    state: TrackerState, detections: Detections, *, step_s: float, config: TrackerConfig
) -> Array:
    """Return for each detection the slot `(N,)` int64 of the track that it continues, -1 for none.

    Four passes, each over what the ones before left free: (1) reported tracks by slightly grown boxes,
    (2) recently seen tracks with low detections, (3) reported tracks from where they were last seen,
    (4) tracks not reported yet. With embeddings, (5) brings back what position has lost.

    Args:
        state: Tracks, predicted to the time of the detections.
        detections: Usable ones, see `Tracker`.
        step_s: Seconds since the frame before.
        config: Thresholds and weights.

    Source: C-BIoU (arXiv:2211.14317) for 1, ByteTrack (Zhang et al. 2022, arXiv:2110.06864) for 2,
    OC-SORT (arXiv:2203.14360) for 3, Hybrid-SORT (arXiv:2308.00783) for the change of score.
    """
    track_of, is_free = np.full(len(detections), -1), np.ones(len(state), bool)
    if not len(state) or not len(detections):
        return track_of
    distance, extra = None, NOTHING_EXTRA
    if detections.embedding is not None and state.embedding.shape[1]:
        distance = embedding_distance(state.embedding, detections.embedding.astype(np.float64))
        known = np.abs(state.embedding).sum(axis=1, keepdims=True) > 0
        extra = config.appearance_weight * (config.appearance_max_distance - distance) * known
    rules = _rules(config, step_s)
    tracks, boxes = _sides(state, detections, reach=max(rules.buffer), across_classes=config.across_classes)
    _match_by_position(tuple(tracks), tuple(boxes), extra, tuple(rules), track_of, is_free)
    if distance is not None:
        _match_by_appearance(distance, tracks, boxes, config, track_of, is_free)
    return track_of


def _sides(
    state: TrackerState, detections: Detections, *, reach: float, across_classes: bool
) -> tuple[_Tracks, _Boxes]:
    """Return both sides as plain arrays; `reach` is the largest growth of boxes in any pass."""
    class_id, box_class_id = state.class_id, detections.class_id.copy()
    if across_classes:
        class_id, box_class_id = np.zeros_like(class_id), np.zeros_like(box_class_id)
    xyxy = detections.xyxy.astype(np.float64, order="C")
    left = xyxy[:, 0] - reach * (xyxy[:, 2] - xyxy[:, 0])
    tracks = _Tracks(
        motion=state.motion,
        last_xyxy=state.last_xyxy,
        unseen_s=state.clock_s - state.last_seen_s,
        num_hits=state.num_hits,
        score=state.score,
        class_id=class_id,
    )
    boxes = _Boxes(
        xyxy=xyxy,
        score=detections.score.astype(np.float64),
        class_id=box_class_id,
        by_left=np.argsort(left, kind="stable"),
    )
    return tracks, boxes


def _rules(config: TrackerConfig, step_s: float) -> _Rules:
    """Return `config` as plain numbers, for a frame `step_s` seconds after the one before."""
    return _Rules(
        high_score=config.high_score,
        min_hits=config.min_hits,
        max_gap_s=step_s + config.max_gap_s,
        recent_s=step_s + config.low_gap_s,
        height_power=config.height_power,
        score_change=config.score_change_weight,
        size_change=config.size_change_weight,
        direction=config.direction_weight,
        buffer=(config.main_buffer, config.low_buffer, 0.0, config.main_buffer),
        min_overlap=(
            config.main_min_overlap,
            config.low_min_overlap,
            config.recovery_min_overlap,
            config.main_min_overlap,
        ),
    )


def _match_by_appearance(
    distance: Array,
    tracks: _Tracks,
    boxes: _Boxes,
    config: TrackerConfig,
    track_of: Array,
    is_free: Array,
) -> None:
    """Bring back lost tracks by embeddings alone; the longer unseen, the closer they have to be."""
    limit = config.appearance_max_distance * (1 - tracks.unseen_s / max(config.reidentify_gap_s, 1e-9))
    gain = np.where(tracks.class_id[:, None] == boxes.class_id, limit[:, None] - distance, 0)
    gain[:, boxes.score < config.high_score] = 0
    gain[tracks.num_hits < config.min_hits] = 0
    rows, cols = (np.ascontiguousarray(index) for index in np.nonzero(gain > 0))
    _match_in_passes((rows, cols), gain[None, rows, cols], track_of, is_free)
