"""Motion of the camera, seen from the boxes alone.

Whoever walks does so on their own account; what all boxes do at once is the camera. Without any picture this
recovers much of what image registration brings where a camera shakes or pans.
"""

# M tracks, N detections, P pairs

from __future__ import annotations

import numpy as np

from mot_model.compiled import compiled
from mot_model.overlap import grown_iou
from mot_model.structures import Array

MIN_TRACKS = 3
"""Tracks that have to agree on a shift."""
MIN_IOU = 0.25
"""Overlap below which a track and a detection are not taken for the same object here."""
PRIOR_TRACKS = 2
"""Tracks that stand still in the prior: a few boxes that drift together may just be a group."""
MAX_VOTERS = 32
"""Tracks that are asked, the longest known first."""
REACH = 1.0
"""Farthest jerk that is looked for, in heights of a box."""
MAX_SIZE_RATIO = 1.3
"""Boxes that differ more in height are not the same object."""
MIN_ADVANTAGE = 1.5
"""How much better than standing still a jerk has to explain the boxes."""


@compiled
def camera_shift(predicted: Array, boxes: Array) -> Array:
    """Return the shift (x, y) `(2,)`, pixels, by which detections lie beside where tracks were expected.

    It is the median over the pairs that are each other's best overlap, drawn towards zero when they are few;
    after a jerk that leaves boxes beside each other, over the pairs that the likeliest jerk brings together.

    Args:
        predicted: float64 `(M, 4)`, expected boxes of tracks seen in the frame before, oldest first.
        boxes: float64 `(N, 4)`, sure detections.
    """
    asked = predicted[:MAX_VOTERS]
    jerk = _jerk(asked, boxes)
    shifted = asked + np.array([jerk[0], jerk[1], jerk[0], jerk[1]])
    offset, num = _offsets(shifted, boxes)
    shift = np.zeros(2)
    if num >= MIN_TRACKS:
        for axis in range(2):
            shift[axis] = (jerk[axis] + np.median(offset[axis, :num])) * num / (num + PRIOR_TRACKS)
    return shift


@compiled
def _offsets(predicted: Array, boxes: Array) -> tuple[Array, int]:
    """Return the shifts `(2, M)` of the pairs that are each other's best overlap, and how many they are."""
    best_box, best_track = np.full(len(predicted), -1), np.full(len(boxes), -1)
    track_iou, box_iou = np.full(len(predicted), MIN_IOU), np.full(len(boxes), MIN_IOU)
    for i in range(len(predicted)):
        for j in range(len(boxes)):
            if boxes[j, 0] < predicted[i, 2] and boxes[j, 2] > predicted[i, 0]:
                iou = grown_iou(predicted, i, boxes, j, 0.0)
                if iou > track_iou[i]:
                    track_iou[i], best_box[i] = iou, j
                if iou > box_iou[j]:
                    box_iou[j], best_track[j] = iou, i
    offset, num = np.empty((2, len(predicted))), 0
    for i in range(len(predicted)):
        j = best_box[i]
        if j >= 0 and best_track[j] == i:
            offset[0, num] = (boxes[j, 0] + boxes[j, 2] - predicted[i, 0] - predicted[i, 2]) / 2
            offset[1, num] = (boxes[j, 1] + boxes[j, 3] - predicted[i, 1] - predicted[i, 3]) / 2
            num += 1
    return offset, num


@compiled
def _jerk(predicted: Array, boxes: Array) -> Array:
    """Return the shift (x, y) that brings the most boxes together, zero unless it is far better than none."""
    best, best_support = np.zeros(2), MIN_ADVANTAGE * _support(predicted, boxes, 0.0, 0.0)
    if len(predicted) < MIN_TRACKS or best_support >= MIN_ADVANTAGE * len(predicted) / 2:
        return best
    for i in range(len(predicted)):
        height = predicted[i, 3] - predicted[i, 1]
        for j in range(len(boxes)):
            ratio = (boxes[j, 3] - boxes[j, 1]) / height
            x = (boxes[j, 0] + boxes[j, 2] - predicted[i, 0] - predicted[i, 2]) / 2
            y = (boxes[j, 1] + boxes[j, 3] - predicted[i, 1] - predicted[i, 3]) / 2
            is_near = abs(x) < REACH * height and abs(y) < REACH * height
            if is_near and 1 / MAX_SIZE_RATIO < ratio < MAX_SIZE_RATIO:
                support = _support(predicted, boxes, x, y)
                if support > best_support:
                    best_support, best[0], best[1] = support, x, y
    return best


@compiled
def _support(predicted: Array, boxes: Array, x: float, y: float) -> float:
    """Return the sum over tracks, each moved by (x, y), of the best overlap with a box."""
    moved = predicted + np.array([x, y, x, y])
    total = 0.0
    for i in range(len(moved)):
        best = 0.0
        for j in range(len(boxes)):
            if boxes[j, 0] < moved[i, 2] and boxes[j, 2] > moved[i, 0]:
                best = max(best, grown_iou(moved, i, boxes, j, 0.0))
        total += best
    return total
