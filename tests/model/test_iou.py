"""Overlap as tensors is that of the NumPy boxes, in any shape, and can be learnt from."""

from __future__ import annotations

import numpy as np
import torch

from mot_model.boxes import pairwise_iou
from mot_model.iou import elementwise_iou


def test_all_pairs_by_broadcasting_are_those_of_numpy() -> None:
    random = np.random.default_rng(0)
    corner = random.uniform(0, 50, (30, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 50, (30, 2))], axis=1)
    as_tensor = torch.from_numpy(boxes)
    np.testing.assert_allclose(
        elementwise_iou(as_tensor[:, None], as_tensor), pairwise_iou(boxes, boxes), rtol=1e-12
    )


def test_an_empty_box_overlaps_nothing_not_even_itself() -> None:
    empty = torch.tensor([3.0, 3, 3, 3])
    assert elementwise_iou(empty, empty) == 0
    assert elementwise_iou(empty, torch.tensor([0.0, 0, 9, 9])) == 0


def test_the_gradient_draws_a_box_over_its_object() -> None:
    box = torch.tensor([0.0, 0, 2, 2], requires_grad=True)
    elementwise_iou(box, torch.tensor([1.0, 0, 3, 2])).backward()
    assert box.grad is not None
    assert box.grad[0] > 0  # its left side, outside the object
    assert box.grad[2] > 0  # its right side, inside
