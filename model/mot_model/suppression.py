"""Boxes that repeat a better one score less, without a hard choice which of two is an object."""

# B frames, N boxes, best first

from __future__ import annotations

import torch
from torch import Tensor

SPREAD = 0.25
"""A box that overlaps a better one by an IoU of 0.42 keeps half of its score, by 0.76 a tenth."""


def lowered_by_overlap(score_BN: Tensor, xyxy_BN4: Tensor, class_BN: Tensor) -> Tensor:
    """Return the scores `(B, N)` that are left when boxes are compared with better ones of their class.

    What is itself a repetition lowers others less. All boxes at once, so that it is cheap and can be
    exported; a score falls smoothly, so that two people close together both stay.

    Args:
        score_BN: Range [0, 1], falling.
        xyxy_BN4: The boxes.
        class_BN: Their classes.

    Source: Matrix NMS with a Gaussian (SOLOv2, Wang et al., 2020).
    """
    same_BNN = class_BN[:, :, None] == class_BN[:, None]
    squared_BNN = (overlap(xyxy_BN4[:, :, None], xyxy_BN4[:, None]) * same_BNN).square().triu(1)
    repeats_BN = squared_BNN.amax(1)
    kept_BNN = torch.exp((repeats_BN[:, :, None] - squared_BNN) / SPREAD)
    return score_BN * kept_BNN.amin(1).clamp(max=1.0)


def overlap(boxes: Tensor, others: Tensor) -> Tensor:
    """Return IoU of boxes `(..., 4)` with `(..., 4)` elementwise, shapes broadcast."""
    top_left = torch.maximum(boxes[..., :2], others[..., :2])
    bottom_right = torch.minimum(boxes[..., 2:], others[..., 2:])
    shared = (bottom_right - top_left).clamp(min=0).prod(-1)
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1) + (others[..., 2:] - others[..., :2]).prod(-1)
    return shared / (areas - shared).clamp(min=1e-6)
