"""How boxes meet: the measures that association is made of, as compiled loops."""

# M tracks, N detections, P pairs

from __future__ import annotations

import numpy as np

from mot_model.compiled import compiled
from mot_model.structures import Array

MAX_RIVALS = 32
"""Detections that one track may choose from; beyond, only the nearest. Bounds the work in garbage input."""


@compiled
def grown_boxes(xyxy: Array, growth: float) -> Array:
    """Return boxes `(N, 4)` grown on every side by `growth` of their width or height."""
    grown = np.empty_like(xyxy)
    for i in range(len(xyxy)):
        for axis in range(2):
            margin = growth * (xyxy[i, 2 + axis] - xyxy[i, axis])
            grown[i, axis], grown[i, 2 + axis] = xyxy[i, axis] - margin, xyxy[i, 2 + axis] + margin
    return grown


@compiled
def grown_iou(boxes: Array, i: int, others: Array, j: int, growth: float) -> float:
    """Return the IoU of `boxes[i]` and `others[j]`, each grown on every side by `growth` of its size.

    Grown boxes still overlap after a jump that separates the plain ones, which is what makes fast and small
    objects matchable by overlap alone.

    Source: C-BIoU (Yang et al. 2023, arXiv:2211.14317), section 3.2.
    """
    width, height = boxes[i, 2] - boxes[i, 0], boxes[i, 3] - boxes[i, 1]
    other_width, other_height = others[j, 2] - others[j, 0], others[j, 3] - others[j, 1]
    margin_x, other_margin_x = growth * width, growth * other_width
    margin_y, other_margin_y = growth * height, growth * other_height
    shared_x = min(boxes[i, 2] + margin_x, others[j, 2] + other_margin_x)
    shared_x -= max(boxes[i, 0] - margin_x, others[j, 0] - other_margin_x)
    shared_y = min(boxes[i, 3] + margin_y, others[j, 3] + other_margin_y)
    shared_y -= max(boxes[i, 1] - margin_y, others[j, 1] - other_margin_y)
    if shared_x <= 0 or shared_y <= 0:
        return 0.0
    shared = shared_x * shared_y
    both = (1 + 2 * growth) ** 2 * (width * height + other_width * other_height)
    iou: float = shared / (both - shared)
    return iou


@compiled
def height_iou(boxes: Array, i: int, others: Array, j: int) -> float:
    """Return the overlap of the vertical extents of `boxes[i]` and `others[j]` over their span, 0 to 1.

    People of different height or distance differ here even where their boxes overlap much.

    Source: Hybrid-SORT (Yang et al. 2024, arXiv:2308.00783), section 3.3.
    """
    shared = min(boxes[i, 3], others[j, 3]) - max(boxes[i, 1], others[j, 1])
    span = max(boxes[i, 3], others[j, 3]) - min(boxes[i, 1], others[j, 1])
    overlap: float = max(shared, 0.0) / max(span, 1e-9)
    return overlap


@compiled
def covered_share(xyxy: Array) -> Array:
    """Return for each box `(N, 4)` the largest share `(N,)` of it that another one covers, 0 to 1."""
    share = np.zeros(len(xyxy))
    for i in range(len(xyxy)):
        area = max((xyxy[i, 2] - xyxy[i, 0]) * (xyxy[i, 3] - xyxy[i, 1]), 1e-9)
        for j in range(len(xyxy)):
            width = min(xyxy[i, 2], xyxy[j, 2]) - max(xyxy[i, 0], xyxy[j, 0])
            height = min(xyxy[i, 3], xyxy[j, 3]) - max(xyxy[i, 1], xyxy[j, 1])
            if i != j and width > 0 and height > 0:
                share[i] = max(share[i], width * height / area)
    return share


@compiled
def find_pairs(
    reach: Array, class_id: Array, boxes: Array, box_class_id: Array, by_left: Array
) -> tuple[Array, Array]:
    """Return the row and column `(P,)` of every pair of the same class that overlaps, by row.

    Args:
        reach: float64 `(M, 4)`, where the detection of each track may be.
        class_id: int64 `(M,)`.
        boxes: float64 `(N, 4)`.
        box_class_id: int64 `(N,)`.
        by_left: int64 `(N,)`, order of `boxes` by the left edge: only a strip of them is looked at.
    """
    left = np.empty(len(boxes))
    for k in range(len(boxes)):
        left[k] = boxes[by_left[k], 0]
    widest = 0.0
    for j in range(len(boxes)):
        widest = max(widest, boxes[j, 2] - boxes[j, 0])
    rows, cols = np.empty(4 * len(reach) + 16, np.int64), np.empty(4 * len(reach) + 16, np.int64)
    near = np.empty(len(boxes), np.int64)
    num_pairs = 0
    for i in range(len(reach)):
        num_near = 0
        for k in range(np.searchsorted(left, reach[i, 0] - widest), np.searchsorted(left, reach[i, 2])):
            j = by_left[k]
            if (
                boxes[j, 2] > reach[i, 0]
                and boxes[j, 1] < reach[i, 3]
                and boxes[j, 3] > reach[i, 1]
                and box_class_id[j] == class_id[i]
            ):
                near[num_near] = j
                num_near += 1
        if num_near > MAX_RIVALS:
            num_near = _keep_nearest(reach, i, boxes, near, num_near)
        if num_pairs + num_near > len(rows):
            rows, cols = _grown(rows, num_near), _grown(cols, num_near)
        for k in range(num_near):
            rows[num_pairs], cols[num_pairs] = i, near[k]
            num_pairs += 1
    return rows[:num_pairs], cols[:num_pairs]


@compiled
def _keep_nearest(reach: Array, i: int, boxes: Array, near: Array, num_near: int) -> int:
    """Move the boxes whose centres are nearest to that of `reach[i]` to the front; return how many stay."""
    distance = np.empty(num_near)
    for k in range(num_near):
        x = boxes[near[k], 0] + boxes[near[k], 2] - reach[i, 0] - reach[i, 2]
        y = boxes[near[k], 1] + boxes[near[k], 3] - reach[i, 1] - reach[i, 3]
        distance[k] = x * x + y * y
    for front in range(MAX_RIVALS):
        nearest = front
        for k in range(front + 1, num_near):
            if distance[k] < distance[nearest]:
                nearest = k
        near[front], near[nearest] = near[nearest], near[front]
        distance[nearest] = distance[front]
    return MAX_RIVALS


@compiled
def _grown(array: Array, room: int) -> Array:
    """Return `array` twice as long and with `room` for more, what it holds kept."""
    longer = np.empty(2 * len(array) + room, np.int64)
    for k in range(len(array)):
        longer[k] = array[k]
    return longer
