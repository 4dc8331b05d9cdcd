"""What repeats a better box falls behind, and nothing else does."""

from __future__ import annotations

import pytest
import torch

from mot_model.iou import elementwise_iou
from mot_model.suppression import FREE_OVERLAP, FULL_OVERLAP, lowered_by_overlap

Boxes = list[list[float]]


def lowered(boxes: Boxes, scores: list[float], classes: list[int] | None = None) -> list[float]:
    class_id = torch.tensor([classes or [0] * len(boxes)])
    left: list[float] = lowered_by_overlap(torch.tensor([scores]), torch.tensor([boxes]), class_id)[
        0
    ].tolist()
    return left


def shifted(*shifts: float) -> Boxes:
    """Return boxes of 10 by 20, each so far to the right."""
    return [[shift, 0.0, shift + 10.0, 20.0] for shift in shifts]


def test_boxes_apart_and_side_by_side_keep_their_scores() -> None:
    boxes = shifted(0, 6, 40)
    assert elementwise_iou(*torch.tensor(boxes[:2])) < FREE_OVERLAP
    assert lowered(boxes, [0.9, 0.8, 0.7]) == pytest.approx([0.9, 0.8, 0.7])


def test_a_copy_keeps_nothing_and_half_a_copy_half() -> None:
    half_way = (FREE_OVERLAP + FULL_OVERLAP) / 2
    shift = 10 * (1 - half_way) / (1 + half_way)
    assert lowered(shifted(0, 1, shift), [0.9, 0.9, 0.8]) == pytest.approx([0.9, 0.0, 0.4])


def test_what_is_a_copy_itself_lowers_others_less() -> None:
    """The third overlaps the second by 0.45; the second is nearly the first, which the third hardly meets."""
    first_two_and_third = shifted(0, 2.4, 6.2)
    alone = lowered(first_two_and_third[1:], [0.8, 0.7])[1]
    assert lowered(first_two_and_third, [0.9, 0.8, 0.7])[2] == pytest.approx(0.7)
    assert alone == pytest.approx(0.35, abs=0.02)


def test_another_class_is_no_copy() -> None:
    assert lowered(shifted(0, 0), [0.9, 0.8], [0, 1]) == pytest.approx([0.9, 0.8])


def test_frames_know_nothing_of_each_other() -> None:
    boxes = torch.tensor([shifted(0, 1), shifted(0, 20)])
    left = lowered_by_overlap(torch.full((2, 2), 0.5), boxes, torch.zeros(2, 2))
    assert left.tolist() == [[0.5, 0.0], [0.5, 0.5]]
