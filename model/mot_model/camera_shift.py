"""Motion of the camera, seen from the boxes alone.

Whoever walks does so on their own account; what all boxes do at once is the camera. Without any picture this
recovers much of what image registration brings where a camera shakes or pans.
"""

# M tracks, N detections, P pairs

from __future__ import annotations

import numpy as np

from mot_model.compiled import compiled
from mot_model.kalman import expected_boxes
from mot_model.overlap import find_pairs, grown_iou
from mot_model.structures import Array

MIN_TRACKS = 3
"""Tracks that have to agree on a shift."""
MIN_IOU = 0.25
"""Overlap below which a track and a detection are not taken for the same object here."""
PRIOR_TRACKS = 2
"""Tracks that stand still in the prior: a few boxes that drift together may just be a group."""
MAX_VOTERS = 32
"""Tracks that a jerk is looked for with, the longest known first."""
REACH = 1.0
"""Farthest jerk that is looked for, in heights of a box."""
MAX_SIZE_RATIO = 1.3
"""Boxes that differ more in height are not the same object."""
MIN_MEAN_IOU = 0.5
"""Mean overlap of tracks with their best boxes below which a jerk is looked for."""
MIN_ADVANTAGE = 1.5
"""How much better than standing still a jerk has to explain the boxes."""


def camera_shift(motion: Array, may_vote: Array, boxes: Array, is_sure: Array) -> Array:
    """Return the shift `(4,)` (x, y, x, y), pixels, of detections from where tracks were expected.

    It is the median over the pairs that are each other's best overlap, drawn towards zero when they are few;
    after a jerk that leaves boxes beside each other, over the pairs that the likeliest jerk brings together.

    Args:
        motion: float64 `(M, 5, 4)`, see `mot_model.kalman`, oldest tracks first.
        may_vote: bool `(M,)`, tracks that were seen in the frame before.
        boxes: float64 `(N, 4)`, detections.
        is_sure: bool `(N,)`, those to rely on.
    """
    sure = boxes[is_sure]
    return _camera_shift(motion[may_vote], sure, np.argsort(sure[:, 0], kind="stable"))


@compiled
def _camera_shift(motion: Array, boxes: Array, by_left: Array) -> Array:
    """Return `camera_shift`, given the voters, sure boxes and their order by the left edge."""
    expected = expected_boxes(motion)
    offset, num, support = _offsets(expected, boxes, by_left)
    jerk = np.zeros(2)
    if len(expected) >= MIN_TRACKS and support < MIN_MEAN_IOU * min(len(expected), len(boxes)):
        jerk = _jerk(expected[:MAX_VOTERS], boxes, by_left)
        if jerk.any():
            offset, num, _ = _offsets(_moved(expected, jerk[0], jerk[1]), boxes, by_left)
    shift = np.zeros(4)
    if num >= MIN_TRACKS:
        for side in range(4):
            middle = jerk[side % 2] + _median(offset[side % 2], num)
            shift[side] = middle * num / (num + PRIOR_TRACKS)
    return shift


@compiled
def _moved(xyxy: Array, x: float, y: float) -> Array:
    """Return boxes `(V, 4)` moved by (x, y)."""
    moved = np.empty_like(xyxy)
    for i in range(len(xyxy)):
        moved[i, 0], moved[i, 1] = xyxy[i, 0] + x, xyxy[i, 1] + y
        moved[i, 2], moved[i, 3] = xyxy[i, 2] + x, xyxy[i, 3] + y
    return moved


@compiled
def _median(values: Array, num: int) -> float:
    """Return the median of the first `num`, which are sorted in place: few, and soon compiled."""
    for k in range(1, num):
        value, front = values[k], k
        while front > 0 and values[front - 1] > value:
            values[front] = values[front - 1]
            front -= 1
        values[front] = value
    median: float = (values[(num - 1) // 2] + values[num // 2]) / 2
    return median


@compiled
def _offsets(expected: Array, boxes: Array, by_left: Array) -> tuple[Array, int, float]:
    """Return the shifts `(2, V)` of pairs that are each other's best, how many, and the sum of all bests."""
    best_box, best_track = np.full(len(expected), -1), np.full(len(boxes), -1)
    track_iou, box_iou = np.zeros(len(expected)), np.zeros(len(boxes))
    one_class, one_box_class = np.zeros(len(expected), np.int64), np.zeros(len(boxes), np.int64)
    rows, cols = find_pairs(expected, one_class, boxes, one_box_class, by_left)
    for k in range(len(rows)):
        i, j = rows[k], cols[k]
        iou = grown_iou(expected, i, boxes, j, 0.0)
        if iou > track_iou[i]:
            track_iou[i], best_box[i] = iou, j
        if iou > box_iou[j]:
            box_iou[j], best_track[j] = iou, i
    offset, num = np.empty((2, len(expected))), 0
    for i in range(len(expected)):
        j = best_box[i]
        if track_iou[i] > MIN_IOU and best_track[j] == i:
            offset[0, num] = (boxes[j, 0] + boxes[j, 2] - expected[i, 0] - expected[i, 2]) / 2
            offset[1, num] = (boxes[j, 1] + boxes[j, 3] - expected[i, 1] - expected[i, 3]) / 2
            num += 1
    return offset, num, track_iou.sum()


@compiled
def _jerk(expected: Array, boxes: Array, by_left: Array) -> Array:
    """Return the shift (x, y) that brings the most boxes together, zero unless it is far better than none."""
    best, best_support = np.zeros(2), MIN_ADVANTAGE * _offsets(expected, boxes, by_left)[2]
    for i in range(len(expected)):
        height = expected[i, 3] - expected[i, 1]
        for j in range(len(boxes)):
            ratio = (boxes[j, 3] - boxes[j, 1]) / height
            x = (boxes[j, 0] + boxes[j, 2] - expected[i, 0] - expected[i, 2]) / 2
            y = (boxes[j, 1] + boxes[j, 3] - expected[i, 1] - expected[i, 3]) / 2
            is_near = abs(x) < REACH * height and abs(y) < REACH * height
            if is_near and 1 / MAX_SIZE_RATIO < ratio < MAX_SIZE_RATIO:
                _, _, support = _offsets(_moved(expected, x, y), boxes, by_left)
                if support > best_support:
                    best_support, best[0], best[1] = support, x, y
    return best
