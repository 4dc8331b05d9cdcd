"""Geometry of boxes in NumPy: areas, overlaps and the formats around `xyxy`."""

from __future__ import annotations

import numpy as np

from mot_model.structures import Array


def box_area(xyxy: Array) -> Array:
    """Return the areas `(N,)` of boxes `(N, 4)`, 0 for inverted ones."""
    area: Array = np.prod(np.clip(xyxy[..., 2:] - xyxy[..., :2], 0, None), axis=-1)
    return area


def intersection_area(boxes: Array, others: Array) -> Array:
    """Return the shared areas `(N, M)` of boxes `(N, 4)` and `(M, 4)`."""
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])  # (N, M, 2)
    area: Array = np.prod(np.clip(bottom_right - top_left, 0, None), axis=-1)
    return area


def pairwise_iou(boxes: Array, others: Array) -> Array:
    """Return intersection over union `(N, M)` of boxes `(N, 4)` and `(M, 4)`, 0 where the union is empty.

    Examples:
        >>> pairwise_iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2], [5, 5, 6, 6]])).round(3)
        array([[0.333, 0.   ]])
    """
    shared = intersection_area(boxes, others)
    union = box_area(boxes)[:, None] + box_area(others)[None, :] - shared
    iou: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return iou


def rowwise_iou(boxes: Array, others: Array) -> Array:
    """Return intersection over union `(N,)` of the rows of boxes `(N, 4)` and `(N, 4)`, 0 for an empty union.

    Examples:
        >>> rowwise_iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2]])).round(3)
        array([0.333])
    """
    sides = np.minimum(boxes[:, 2:], others[:, 2:]) - np.maximum(boxes[:, :2], others[:, :2])
    shared = np.prod(np.clip(sides, 0, None), axis=1)
    union = box_area(boxes) + box_area(others) - shared
    iou: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return iou


def xywh_to_xyxy(xywh: Array) -> Array:
    """Return boxes given as left, top, width, height in `xyxy`."""
    return np.concatenate([xywh[..., :2], xywh[..., :2] + xywh[..., 2:]], axis=-1)


def xyxy_to_xywh(xyxy: Array) -> Array:
    """Return `xyxy` boxes as left, top, width, height."""
    return np.concatenate([xyxy[..., :2], xyxy[..., 2:] - xyxy[..., :2]], axis=-1)
