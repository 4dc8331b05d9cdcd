"""Which detection continues which track: gains of the pairs that meet, and passes of assignments over them.

Only pairs whose boxes can overlap are looked at: P of them, a few per track, as a list of rows (tracks) and
columns (detections). So the cost grows with the crowd around each person and not with the square of its size.
"""

# M tracks, N detections, P pairs, D embedding

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mot_model.boxes import box_area
from mot_model.kalman import POSITION, VELOCITY, centre_to_xyxy
from mot_model.structures import Array, Detections
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState

MAX_DENSE_CELLS = 4096
"""Size of an assignment up to which it is faster to solve it whole than to split it into separate groups."""


def buffer_boxes(xyxy: Array, ratio: float) -> Array:
    """Return boxes `(N, 4)` grown on each side by `ratio` of their width or height.

    Grown boxes still overlap after a jump that separates the plain ones, which is what makes fast and small
    objects matchable by overlap alone.

    Source: C-BIoU (Yang et al. 2023, arXiv:2211.14317), section 3.2.
    """
    margin = ratio * (xyxy[:, 2:] - xyxy[:, :2])
    return np.concatenate([xyxy[:, :2] - margin, xyxy[:, 2:] + margin], axis=1)


def meeting_pairs(tracks: Array, detections: Array) -> tuple[Array, Array]:
    """Return the row and column `(P,)` of every pair of boxes `(M, 4)` and `(N, 4)` that overlap, by row."""
    left, top, right, bottom = tracks.T[:, :, None]
    meets = (left < detections[:, 2]) & (right > detections[:, 0])
    meets &= (top < detections[:, 3]) & (bottom > detections[:, 1])
    rows, cols = np.nonzero(meets)
    return rows, cols


def pair_iou(boxes: Array, others: Array) -> Array:
    """Return the IoU `(P,)` of each box `(P, 4)` with the other of its pair `(P, 4)`."""
    shared = _shared_area(boxes, others)
    union = box_area(boxes) + box_area(others) - shared
    overlap: Array = shared / np.maximum(union, 1e-9)
    return overlap


def _shared_area(boxes: Array, others: Array) -> Array:
    """Return the area `(P,)` that the boxes `(P, 4)` and `(P, 4)` of each pair share."""
    sides = np.minimum(boxes[:, 2:], others[:, 2:]) - np.maximum(boxes[:, :2], others[:, :2])
    area: Array = np.maximum(sides, 0).prod(axis=1)
    return area


def pair_height_iou(boxes: Array, others: Array) -> Array:
    """Return for each pair `(P, 4)`, `(P, 4)` the overlap of the vertical extents over their span, 0 to 1.

    People of different height or distance differ here even where their boxes overlap much.

    Source: Hybrid-SORT (Yang et al. 2024, arXiv:2308.00783), section 3.3.
    """
    shared = np.minimum(boxes[:, 3], others[:, 3]) - np.maximum(boxes[:, 1], others[:, 1])
    span = np.maximum(boxes[:, 3], others[:, 3]) - np.minimum(boxes[:, 1], others[:, 1])
    overlap: Array = np.maximum(shared, 0) / np.maximum(span, 1e-9)
    return overlap


def pair_turn(last: Array, velocity: Array, others: Array) -> Array:
    """Return how far `(P,)` each match would turn a track from its course, 0 (straight on) to 1 (back).

    Args:
        last: float64 `(P, 4)`, last box of each track.
        velocity: float64 `(P, 2)`, its course; a track at rest turns by the neutral 0.5.
        others: float64 `(P, 4)`, the detection of each pair.

    Source: OC-SORT (Cao et al. 2023, arXiv:2203.14360), section 4.2.
    """
    towards = (others[:, :2] + others[:, 2:] - last[:, :2] - last[:, 2:]) / 2
    length = np.linalg.norm(towards, axis=1) * np.linalg.norm(velocity, axis=1)
    dot = (towards * velocity).sum(axis=1)
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
    rows, cols = meeting_pairs(xyxy, xyxy)
    rows, cols = rows[rows != cols], cols[rows != cols]
    share = np.zeros(len(xyxy))
    np.maximum.at(share, rows, _shared_area(xyxy[rows], xyxy[cols]) / np.maximum(box_area(xyxy[rows]), 1e-9))
    return share


def assign_pairs(rows: Array, cols: Array, gain: Array) -> Array:
    """Return which pairs make up the one-to-one matching with the largest total gain.

    To leave a row and a column alone gains 0: an assignment with a cost limit, where gain = limit - cost.

    Args:
        rows: int64 `(P,)`, row of each pair; no pair twice.
        cols: int64 `(P,)`, its column.
        gain: float64 `(P,)`, positive.

    Returns:
        int64 `(K,)`, indices of the matched pairs.

    Examples:
        >>> assign_pairs(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0.9, 0.8, 0.7]))
        array([1, 2])
    """
    if not len(rows):
        return np.zeros(0, np.int64)
    # Most objects are far from all others: a pair without a rival is matched as it is.
    alone = (np.bincount(rows)[rows] == 1) & (np.bincount(cols)[cols] == 1)
    matched = [np.flatnonzero(alone)]
    rest = np.flatnonzero(~alone)
    for group in _groups(rows[rest], cols[rest]):
        members = rest[group]
        matched.append(members[_assign_dense(rows[members], cols[members], gain[members])])
    return np.concatenate(matched)


def _groups(rows: Array, cols: Array) -> list[Array]:
    """Return the pairs (indices) by groups that share no row or column; small problems stay in one."""
    if not len(rows):
        return []
    num_rows, num_cols = int(rows.max()) + 1, int(cols.max()) + 1
    if len(np.unique(rows)) * len(np.unique(cols)) <= MAX_DENSE_CELLS:
        return [np.arange(len(rows))]
    size = num_rows + num_cols
    graph = coo_array((np.ones(len(rows), np.int8), (rows, num_rows + cols)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[rows], kind="stable")
    starts = np.flatnonzero(np.diff(label[rows][order])) + 1
    return np.split(order, starts)


def _assign_dense(rows: Array, cols: Array, gain: Array) -> Array:
    """Return the indices of the matched pairs, solved as one matrix."""
    if len(rows) == 1:
        return np.zeros(1, np.int64)
    used_rows, row = np.unique(rows, return_inverse=True)
    used_cols, col = np.unique(cols, return_inverse=True)
    matrix = np.zeros((len(used_rows), len(used_cols)))
    matrix[row, col] = gain
    picked_rows, picked_cols = linear_sum_assignment(matrix, maximize=True)
    chosen = np.full(len(used_rows), -1)
    chosen[picked_rows] = picked_cols
    return np.flatnonzero(chosen[row] == col)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pairs:
    """The pairs of tracks and detections of one class that can meet, with their boxes side by side."""

    rows: Array
    """int64 `(P,)`, slot of the track."""
    cols: Array
    """int64 `(P,)`, index of the detection."""
    predicted: Array
    """float64 `(P, 4)`, where the track should be."""
    last: Array
    """float64 `(P, 4)`, where it was last seen."""
    boxes: Array
    """float64 `(P, 4)`, where the detection is."""
    weight: Array
    """float64 `(P,)`, height overlap."""
    bonus: Array
    """float64 `(P,)`, gain or cost from score, course and appearance."""

    def gain(self, tracks: Array, *, buffer: float, weight: Array, min_overlap: float) -> Array:
        """Return what each match gains `(P,)`, where `tracks` `(P, 4)` stands for the track."""
        overlap = weight * pair_iou(buffer_boxes(tracks, buffer), buffer_boxes(self.boxes, buffer))
        return np.where(overlap > 0, overlap - min_overlap + self.bonus, 0)


class _Matching:
    """The matching so far of one frame; each pass adds to it from what is still free."""

    def __init__(self, num_tracks: int, num_detections: int) -> None:
        self.slot = np.full(num_detections, -1, np.int64)
        self.track_is_free = np.ones(num_tracks, bool)

    def add(self, rows: Array, cols: Array, gain: Array, allowed: Array) -> None:
        """Match among the free ones of the pairs that the mask `allowed` `(P,)` lets through."""
        open_pairs = allowed & (gain > 0) & self.track_is_free[rows] & (self.slot[cols] < 0)
        index = np.flatnonzero(open_pairs)
        picked = index[assign_pairs(rows[index], cols[index], gain[index])]
        self.slot[cols[picked]] = rows[picked]
        self.track_is_free[rows[picked]] = False


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
    OC-SORT (arXiv:2203.14360) for 4, Hybrid-SORT (arXiv:2308.00783) for the change of score.
    """
    matching = _Matching(len(state), len(detections))
    if not len(state) or not len(detections):
        return matching.slot
    distance = None
    if detections.embedding is not None and state.embedding.shape[1]:
        distance = embedding_distance(state.embedding, detections.embedding.astype(np.float64))
    pairs = _pairs(state, detections, distance, config)
    _match_by_position(matching, pairs, state, detections, step_s=step_s, config=config)
    if distance is not None:
        _match_by_appearance(matching, distance, state, detections, config)
    return matching.slot


def _match_by_position(
    matching: _Matching,
    pairs: _Pairs,
    state: TrackerState,
    detections: Detections,
    *,
    step_s: float,
    config: TrackerConfig,
) -> None:
    """Run the passes that need boxes to meet."""
    rows, cols = pairs.rows, pairs.cols
    gap_s = state.clock_s - state.last_seen_s
    is_high = (detections.score >= config.high_score)[cols]
    in_time = (gap_s <= config.max_gap_s)[rows]
    is_reported = (state.num_hits >= config.min_hits)[rows]
    just_seen = (gap_s <= step_s + config.low_gap_s)[rows]
    scored = pairs.weight * detections.score.astype(np.float64)[cols] ** config.score_power

    main = is_high & in_time & is_reported
    near = pairs.gain(
        pairs.predicted, buffer=config.first_buffer, weight=scored, min_overlap=config.first_min_overlap
    )
    matching.add(rows, cols, near, main)
    wide = pairs.gain(pairs.predicted, buffer=config.second_buffer, weight=scored, min_overlap=0.0)
    matching.add(rows, cols, wide - config.second_min_overlap, main)
    low = pairs.gain(pairs.predicted, buffer=0.0, weight=pairs.weight, min_overlap=config.low_min_overlap)
    matching.add(rows, cols, low, ~is_high & in_time & is_reported & just_seen)
    last = pairs.gain(pairs.last, buffer=0.0, weight=scored, min_overlap=config.recovery_min_overlap)
    matching.add(rows, cols, last, main)
    matching.add(rows, cols, wide - config.tentative_min_overlap, is_high & in_time & ~is_reported)


def _match_by_appearance(
    matching: _Matching, distance: Array, state: TrackerState, detections: Detections, config: TrackerConfig
) -> None:
    """Bring back lost tracks by embeddings alone; the longer unseen, the closer they have to be."""
    gap_s = state.clock_s - state.last_seen_s
    limit = config.appearance_max_distance * (1 - gap_s / max(config.reidentify_gap_s, 1e-9))
    gain = np.where(state.class_id[:, None] == detections.class_id, limit[:, None] - distance, 0)
    rows, cols = np.nonzero(gain > 0)
    allowed = (state.num_hits >= config.min_hits)[rows] & (detections.score >= config.high_score)[cols]
    matching.add(rows, cols, gain[rows, cols], allowed)


def _pairs(
    state: TrackerState, detections: Detections, distance: Array | None, config: TrackerConfig
) -> _Pairs:
    """Return the pairs whose grown boxes meet, from where the track should be or where it was last seen."""
    predicted = centre_to_xyxy(state.motion[:, POSITION])
    boxes = detections.xyxy.astype(np.float64)
    buffer = max(config.first_buffer, config.second_buffer)
    reach = buffer_boxes(predicted, buffer)
    reach[:, :2] = np.minimum(reach[:, :2], state.last_xyxy[:, :2])
    reach[:, 2:] = np.maximum(reach[:, 2:], state.last_xyxy[:, 2:])
    rows, cols = meeting_pairs(reach, buffer_boxes(boxes, buffer))
    same_class = state.class_id[rows] == detections.class_id[cols]
    if not same_class.all():
        rows, cols = rows[same_class], cols[same_class]
    last = state.last_xyxy[rows]
    bonus = -config.score_change_weight * np.abs(state.score[rows] - detections.score[cols])
    if config.direction_weight > 0:
        turn = pair_turn(last, state.motion[rows, VELOCITY, :2], boxes[cols])
        bonus = bonus + config.direction_weight * (1 - 2 * turn)
    if distance is not None:
        known = np.abs(state.embedding).sum(axis=1) > 0
        closer = config.appearance_max_distance - distance[rows, cols]
        bonus = bonus + config.appearance_weight * closer * known[rows]
    return _Pairs(
        rows=rows,
        cols=cols,
        predicted=predicted[rows],
        last=last,
        boxes=boxes[cols],
        weight=pair_height_iou(predicted[rows], boxes[cols]) ** config.height_power,
        bonus=bonus,
    )
