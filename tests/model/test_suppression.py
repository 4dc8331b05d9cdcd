"""What repeats a better box falls behind, and nothing else does."""

from __future__ import annotations

import math

import pytest
import torch

from mot_model.suppression import SPREAD, lowered_by_overlap


def lowered(boxes: list[list[float]], scores: list[float], classes: list[int] | None = None) -> list[float]:
    class_id = torch.tensor([classes or [0] * len(boxes)])
    left = lowered_by_overlap(torch.tensor([scores]), torch.tensor([boxes]), class_id)
    return [float(score) for score in left[0]]


def test_boxes_apart_keep_their_scores() -> None:
    assert lowered([[0, 0, 10, 20], [10, 0, 20, 20], [40, 0, 50, 20]], [0.9, 0.8, 0.7]) == pytest.approx(
        [0.9, 0.8, 0.7]
    )


def test_a_copy_keeps_almost_nothing_and_half_an_overlap_keeps_some() -> None:
    best, copy, half = lowered([[0, 0, 10, 20], [0, 0, 10, 20], [5, 0, 15, 20]], [0.9, 0.9, 0.8])
    assert best == pytest.approx(0.9)
    assert copy == pytest.approx(0.9 * math.exp(-1 / SPREAD))
    assert half == pytest.approx(0.8 * math.exp(-((1 / 3) ** 2) / SPREAD))


def test_what_is_a_copy_itself_takes_nothing_from_others() -> None:
    """The third overlaps the second, which is nearly the first; the first does not reach it."""
    boxes: list[list[float]] = [[0, 0, 10, 20], [1, 0, 11, 20], [10, 0, 20, 20]]
    assert lowered(boxes, [0.9, 0.8, 0.7])[2] == pytest.approx(0.7)


def test_another_class_is_no_copy() -> None:
    assert lowered([[0, 0, 10, 20], [0, 0, 10, 20]], [0.9, 0.8], [0, 1]) == pytest.approx([0.9, 0.8])
