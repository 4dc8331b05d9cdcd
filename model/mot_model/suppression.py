"""Boxes that repeat a better one score less, without a hard choice which of two is an object."""

# B frames, N boxes, best first

from __future__ import annotations

from torch import Tensor

from mot_model.iou import elementwise_iou

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
    iou_BNN = elementwise_iou(xyxy_BN4[:, :, None], xyxy_BN4[:, None])
    shared_BNN = (iou_BNN * (class_BN[:, :, None] == class_BN[:, None])).triu(1)
    left_BNN = ((FULL_OVERLAP - shared_BNN) / (FULL_OVERLAP - FREE_OVERLAP)).clamp(0.0, 1.0)
    of_the_better_BN1 = left_BNN.amin(1)[:, :, None].clamp(min=LEAST_LEFT)
    return score_BN * (left_BNN / of_the_better_BN1).amin(1).clamp(max=1.0)
