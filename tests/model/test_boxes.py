"""Geometry of boxes."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.boxes import box_area, pairwise_iou, xywh_to_xyxy, xyxy_to_xywh


@pytest.mark.parametrize(
    ("box", "other", "iou"),
    [
        pytest.param([0, 0, 2, 2], [0, 0, 2, 2], 1.0, id="same"),
        pytest.param([0, 0, 2, 2], [2, 0, 4, 2], 0.0, id="touching edges"),
        pytest.param([0, 0, 4, 4], [1, 1, 3, 3], 0.25, id="nested"),
        pytest.param([1, 1, 1, 1], [1, 1, 1, 1], 0.0, id="no area"),
        pytest.param([2, 2, 0, 0], [0, 0, 2, 2], 0.0, id="inverted"),
    ],
)
def test_iou(box: list[float], other: list[float], iou: float) -> None:
    assert pairwise_iou(np.array([box], float), np.array([other], float))[0, 0] == pytest.approx(iou)


def test_iou_of_no_boxes_has_no_rows() -> None:
    assert pairwise_iou(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


def test_formats_are_inverse() -> None:
    boxes = np.array([[1.0, 2, 4, 8]])
    np.testing.assert_array_equal(xywh_to_xyxy(xyxy_to_xywh(boxes)), boxes)
    assert box_area(boxes)[0] == 18
