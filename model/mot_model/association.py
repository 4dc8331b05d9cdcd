"""Which detection continues which track: gains of all pairs, and passes of assignments over them.

Everything works on whole matrices `(M, N)`: M tracks as rows, N detections as columns.
"""

# M tracks, N detections, D embedding

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import box_area, intersection_area, pairwise_iou
from mot_model.kalman import POSITION, VELOCITY, centre_to_xyxy
from mot_model.structures import Array, Detections
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState


def buffer_boxes(xyxy: Array, ratio: float) -> Array:
    """Return boxes `(N, 4)` grown on each side by `ratio` of their width or height.

    Grown boxes still overlap after a jump that separates the plain ones, which is what makes fast and small
    objects matchable by overlap alone.

    Source: C-BIoU (Yang et al. 2023, arXiv:2211.14317), section 3.2.
    """
    margin = ratio * (xyxy[:, 2:] - xyxy[:, :2])
    return np.concatenate([xyxy[:, :2] - margin, xyxy[:, 2:] + margin], axis=1)


def buffered_iou(tracks: Array, detections: Array, ratio: float) -> Array:
    """Return the IoU `(M, N)` of boxes `(M, 4)` and `(N, 4)` after growing both by `ratio`."""
    return pairwise_iou(buffer_boxes(tracks, ratio), buffer_boxes(detections, ratio))


def height_iou(tracks: Array, detections: Array) -> Array:
    """Return the overlap `(M, N)` of the vertical extents over their span, 0 to 1.

    People of different height or distance differ here even where their boxes overlap much.

    Source: Hybrid-SORT (Yang et al. 2024, arXiv:2308.00783), section 3.3.
    """
    top = np.maximum(tracks[:, None, 1], detections[None, :, 1])
    bottom = np.minimum(tracks[:, None, 3], detections[None, :, 3])
    span_top = np.minimum(tracks[:, None, 1], detections[None, :, 1])
    span_bottom = np.maximum(tracks[:, None, 3], detections[None, :, 3])
    span = span_bottom - span_top
    shared = np.clip(bottom - top, 0, None)
    overlap: Array = np.divide(shared, span, out=np.zeros_like(span), where=span > 0)
    return overlap


def direction_cost(last_xyxy: Array, velocity: Array, detections: Array) -> Array:
    """Return how far `(M, N)` each match would turn a track from its course, 0 (straight on) to 1 (back).

    Args:
        last_xyxy: float64 `(M, 4)`, last box of each track.
        velocity: float64 `(M, 2)`, its course; a track at rest costs the neutral 0.5 everywhere.
        detections: float64 `(N, 4)`.

    Source: OC-SORT (Cao et al. 2023, arXiv:2203.14360), section 4.2.
    """
    centre = (last_xyxy[:, :2] + last_xyxy[:, 2:]) / 2
    target = (detections[:, :2] + detections[:, 2:]) / 2
    towards = target[None] - centre[:, None]  # (M, N, 2)
    length = np.linalg.norm(towards, axis=2) * np.linalg.norm(velocity, axis=1)[:, None]
    dot = (towards * velocity[:, None]).sum(axis=2)
    cosine = np.divide(dot, length, out=np.zeros_like(dot), where=length > 0)
    turn: Array = np.arccos(np.clip(cosine, -1, 1)) / np.pi
    return turn


def embedding_distance(tracks: Array, detections: Array) -> Array:
    """Return the cosine distance `(M, N)` of unit embeddings `(M, D)` and `(N, D)`, 0 to 2.

    A row of zeros (a track that was never embedded) is 1 from everything.
    """
    distance: Array = 1 - tracks @ detections.T
    return distance


def covered_share(xyxy: Array) -> Array:
    """Return for each box `(N, 4)` the largest share `(N,)` of it that another one covers, 0 to 1."""
    if len(xyxy) < 2:
        return np.zeros(len(xyxy))
    shared = intersection_area(xyxy, xyxy)
    np.fill_diagonal(shared, 0)
    share: Array = shared.max(axis=1) / np.maximum(box_area(xyxy), 1e-9)
    return share


def assign(gain: Array) -> tuple[Array, Array]:
    """Return the rows and columns of the one-to-one matching with the largest total gain.

    Only pairs with a positive gain are matched: to leave both sides alone gains 0. This is an assignment with
    a cost limit, where gain = limit - cost.

    Args:
        gain: float64 `(M, N)`, finite; what is gained by a match, 0 or less where it is ruled out.

    Returns:
        int64 `(K,)` row and column indices, rows ascending.

    Examples:
        >>> assign(np.array([[0.9, 0.8], [0.7, 0.0]]))
        (array([0, 1]), array([1, 0]))
    """
    possible = gain > 0
    rows = np.flatnonzero(possible.any(axis=1))
    cols = np.flatnonzero(possible.any(axis=0))
    if not len(rows):
        return rows, cols
    # Most objects are far from all others: without rivals the matching is read off.
    if possible.sum() == len(rows) == len(cols):
        return rows, possible[rows].argmax(axis=1)
    part = np.maximum(gain[np.ix_(rows, cols)], 0)
    picked_rows, picked_cols = linear_sum_assignment(part, maximize=True)
    keep = part[picked_rows, picked_cols] > 0
    return rows[picked_rows[keep]], cols[picked_cols[keep]]


class _Passes:
    """The matching so far of one frame; each pass adds to it from what is still free."""

    def __init__(self, num_tracks: int, num_detections: int) -> None:
        self.slot = np.full(num_detections, -1, np.int64)
        self.track_is_free = np.ones(num_tracks, bool)

    def match(self, gain: Array, tracks: Array, detections: Array) -> None:
        """Match by `gain` `(M, N)` among the free ones that the masks `(M,)` and `(N,)` allow."""
        rows = np.flatnonzero(tracks & self.track_is_free)
        cols = np.flatnonzero(detections & (self.slot < 0))
        if len(rows) and len(cols):
            picked_rows, picked_cols = assign(gain[np.ix_(rows, cols)])
            self.slot[cols[picked_cols]] = rows[picked_rows]
            self.track_is_free[rows[picked_rows]] = False


def match_tracks(
    state: TrackerState, detections: Detections, *, step_s: float, config: TrackerConfig
) -> Array:
    """Return for each detection the slot `(N,)` int64 of the track that it continues, -1 for none.

    Five passes, each over what the ones before left free: (1) reported tracks by slightly grown boxes,
    (2) by far grown ones, (3) just seen tracks with low detections, (4) reported tracks from where they were
    last seen, (5) tracks not reported yet. With embeddings, (6) brings back what position has lost.

    Args:
        state: Tracks, predicted to the time of the detections.
        detections: Usable ones, see `Tracker`.
        step_s: Seconds since the frame before.
        config: Thresholds and weights.

    Source: C-BIoU (arXiv:2211.14317) for 1 and 2, ByteTrack (Zhang et al. 2022, arXiv:2110.06864) for 3,
    OC-SORT (arXiv:2203.14360) for 4.
    """
    passes = _Passes(len(state), len(detections))
    if not len(state) or not len(detections):
        return passes.slot
    boxes = detections.xyxy.astype(np.float64)
    high = detections.score >= config.high_score
    gap_s: Array = state.clock_s - state.last_seen_s
    by_position = gap_s <= config.max_gap_s
    reported = by_position & (state.num_hits >= config.min_hits)
    tentative = by_position & (state.num_hits < config.min_hits)
    just_seen = reported & (gap_s <= step_s + config.low_gap_s)

    predicted = centre_to_xyxy(state.motion[:, POSITION])
    same_class = state.class_id[:, None] == detections.class_id[None]
    weight = height_iou(predicted, boxes) ** config.height_power * same_class  # (M, N)
    scored = weight * detections.score.astype(np.float64) ** config.score_power
    bonus = _bonus(state, detections, boxes, config)

    near = buffered_iou(predicted, boxes, config.first_buffer) * scored
    passes.match(_gain(near, config.first_min_overlap, bonus), reported, high)
    wide = buffered_iou(predicted, boxes, config.second_buffer) * scored
    passes.match(_gain(wide, config.second_min_overlap, bonus), reported, high)
    low = pairwise_iou(predicted, boxes) * weight
    passes.match(_gain(low, config.low_min_overlap, bonus), just_seen, ~high)
    last = pairwise_iou(state.last_xyxy, boxes) * scored
    passes.match(_gain(last, config.recovery_min_overlap, bonus), reported, high)
    passes.match(_gain(wide, config.tentative_min_overlap, bonus), tentative, high)
    distance = _appearance(state, detections)
    if distance is not None:
        limit = config.appearance_max_distance * (1 - gap_s / max(config.reidentify_gap_s, 1e-9))
        gain = np.where(same_class, limit[:, None] - distance, 0)
        passes.match(gain, (state.num_hits >= config.min_hits), high)
    return passes.slot


def _gain(overlap: Array, min_overlap: float, bonus: Array | float) -> Array:
    """Return what is gained by each match `(M, N)`; nothing where boxes do not meet at all."""
    return np.where(overlap > 0, overlap - min_overlap + bonus, 0)


def _bonus(state: TrackerState, detections: Detections, boxes: Array, config: TrackerConfig) -> Array | float:
    """Return what course and appearance add to the gain `(M, N)` of each match."""
    bonus: Array | float = 0.0
    if config.direction_weight > 0:
        turn = direction_cost(state.last_xyxy, state.motion[:, VELOCITY, :2], boxes)
        bonus = config.direction_weight * (1 - 2 * turn)
    distance = _appearance(state, detections)
    if distance is not None:
        known = np.abs(state.embedding).sum(axis=1, keepdims=True) > 0
        bonus = bonus + config.appearance_weight * (config.appearance_max_distance - distance) * known
    return bonus


def _appearance(state: TrackerState, detections: Detections) -> Array | None:
    """Return the embedding distances `(M, N)`, None where one side has no embedding."""
    if detections.embedding is None or not state.embedding.shape[1]:
        return None
    return embedding_distance(state.embedding, detections.embedding.astype(np.float64))
