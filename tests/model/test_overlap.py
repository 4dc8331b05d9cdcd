from __future__ import annotations

import numpy as np
import pytest

from mot_model.boxes import pairwise_iou
from mot_model.overlap import MAX_RIVALS, covered_share, find_pairs, grown_boxes, grown_iou, height_iou
from mot_model.structures import Array

BOX = np.array([[0.0, 0, 10, 20]])


def _crowd(num: int) -> Array:
    corner = np.random.default_rng(0).uniform(0, 500, (num, 2))
    return np.concatenate([corner, corner + 30], axis=1)


def _one_class(boxes: Array) -> Array:
    return np.zeros(len(boxes), np.int64)


def _pairs(boxes: Array, class_id: Array, others: Array, other_class_id: Array) -> tuple[Array, Array]:
    return find_pairs(boxes, class_id, others, other_class_id, np.argsort(others[:, 0], kind="stable"))


def test_without_growth_it_is_the_iou() -> None:
    boxes, others = _crowd(20), _crowd(25)[::-1].copy()
    grid = [[grown_iou(boxes, i, others, j, 0.0) for j in range(25)] for i in range(20)]
    np.testing.assert_allclose(grid, pairwise_iou(boxes, others))


def test_growth_is_a_share_of_each_side() -> None:
    np.testing.assert_allclose(grown_boxes(BOX, 0.3), [[-3, -6, 13, 26]])
    beside = BOX + np.array([12.0, 0, 12, 0])
    margin = 0.3 * np.array([-10, -20, 10, 20])
    assert grown_iou(BOX, 0, beside, 0, 0.0) == 0
    expected = pairwise_iou(BOX + margin, beside + margin)[0, 0]
    assert grown_iou(BOX, 0, beside, 0, 0.3) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param([50.0, 0, 60, 20], 1.0, id="same height far away"),
        pytest.param([0.0, 0, 10, 10], 0.5, id="half as tall"),
        pytest.param([0.0, 30, 10, 50], 0.0, id="below"),
        pytest.param([0.0, 20, 10, 40], 0.0, id="touching"),
    ],
)
def test_height_overlap(other: list[float], expected: float) -> None:
    assert height_iou(BOX, 0, np.array([other]), 0) == pytest.approx(expected)


def test_covered_share_is_of_the_smaller_box() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [5, 5, 10, 10], [50, 50, 60, 60]])
    np.testing.assert_allclose(covered_share(boxes), [0.25, 1, 0])
    np.testing.assert_allclose(covered_share(boxes[:1]), [0])


def test_pairs_are_those_with_an_overlap_by_row() -> None:
    boxes, others = _crowd(40), _crowd(60)[::-1].copy()
    rows, cols = _pairs(boxes, _one_class(boxes), others, _one_class(others))
    assert (np.diff(rows) >= 0).all()
    expected = np.nonzero(pairwise_iou(boxes, others))
    assert set(zip(rows, cols, strict=True)) == set(zip(*expected, strict=True))


def test_pairs_are_of_one_class() -> None:
    rows, cols = _pairs(BOX, np.array([1]), np.repeat(BOX, 2, axis=0), np.array([0, 1]))
    assert (rows.tolist(), cols.tolist()) == ([0], [1])


def test_of_many_rivals_the_nearest_stay() -> None:
    others = BOX + np.linspace(0, 9, 200)[::-1, None]
    _, cols = _pairs(BOX, np.array([0]), others, _one_class(others))
    assert sorted(cols) == list(range(200 - MAX_RIVALS, 200))
    same = np.repeat(BOX, 200, axis=0)
    assert len(_pairs(same, _one_class(same), same, _one_class(same))[0]) == 200 * MAX_RIVALS
