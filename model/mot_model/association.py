"""Costs between tracks and detections, and the assignment that minimises their sum.

Everything works on whole matrices `(M, N)`: M tracks as rows, N detections as columns.
"""

# M tracks, N detections, D embedding

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import box_area, intersection_area, pairwise_iou
from mot_model.structures import Array


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
    return np.divide(shared, span, out=np.zeros_like(span), where=span > 0)


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
    return np.arccos(np.clip(cosine, -1, 1)) / np.pi


def embedding_distance(tracks: Array, detections: Array) -> Array:
    """Return the cosine distance `(M, N)` of unit embeddings `(M, D)` and `(N, D)`, 0 to 2.

    A row of zeros (a track that was never embedded) is 1 from everything.
    """
    return 1 - tracks @ detections.T


def covered_share(xyxy: Array) -> Array:
    """Return for each box `(N, 4)` the largest share `(N,)` of it that another one covers, 0 to 1."""
    if len(xyxy) < 2:
        return np.zeros(len(xyxy))
    shared = intersection_area(xyxy, xyxy)
    np.fill_diagonal(shared, 0)
    return shared.max(axis=1) / np.maximum(box_area(xyxy), 1e-9)


def assign(gain: Array) -> tuple[Array, Array]:
    """Return the rows and columns of the one-to-one matching with the largest total gain.

    Only pairs with a positive gain are matched: to leave both sides alone gains 0. This is the assignment with
    a cost limit of `lapjv`, with gain = limit - cost.

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
