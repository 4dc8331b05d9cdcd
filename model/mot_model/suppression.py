"""Boxes that repeat a better one score less, without a hard choice which of two is an object."""

# B frames, N boxes, best first

from __future__ import annotations

import torch
from torch import Tensor

FREE_OVERLAP = 0.3
"""A box may share as much as this (IoU) with a better one and keeps its score: people walk side by side."""
FULL_OVERLAP = 0.6
"""One that shares as much as this is a copy and has no score left; between the two it falls linearly."""
LEAST_LEFT = 1e-3
"""Of a copy's score, lest anything is divided by nothing."""


def lowered_by_overlap(score_BN: Tensor, xyxy_BN4: Tensor, class_BN: Tensor) -> Tensor:
    """Return the scores `(B, N)` that are left when boxes are compared with better ones of their class.

    What is itself a copy lowers others less. All boxes at once, a fixed number of tensor operations, so that
    it can be exported.

    Args:
        score_BN: Range [0, 1], falling.
        xyxy_BN4: The boxes.
        class_BN: Their classes.

    Source: Matrix NMS with a linear kernel (SOLOv2, Wang et al., 2020), free below an overlap.
    """
    shared_BNN = (pairwise_overlap(xyxy_BN4) * (class_BN[:, :, None] == class_BN[:, None])).triu(1)
    left_BNN = ((FULL_OVERLAP - shared_BNN) / (FULL_OVERLAP - FREE_OVERLAP)).clamp(0.0, 1.0)
    of_the_better_BN1 = left_BNN.amin(1)[:, :, None].clamp(min=LEAST_LEFT)
    return score_BN * (left_BNN / of_the_better_BN1).amin(1).clamp(max=1.0)


def pairwise_overlap(xyxy_BN4: Tensor) -> Tensor:
    """Return the IoU `(B, N, N)` of every box with every other."""
    left, top, right, bottom = xyxy_BN4.unbind(-1)
    width = torch.minimum(right[:, :, None], right[:, None]) - torch.maximum(left[:, :, None], left[:, None])
    height = torch.minimum(bottom[:, :, None], bottom[:, None]) - torch.maximum(top[:, :, None], top[:, None])
    shared = width.clamp(min=0) * height.clamp(min=0)
    area = (right - left) * (bottom - top)
    return shared / (area[:, :, None] + area[:, None] - shared).clamp(min=1e-6)
