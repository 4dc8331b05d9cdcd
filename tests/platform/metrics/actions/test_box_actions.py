"""Action accuracy over boxes of images."""

from __future__ import annotations

import numpy as np

from mot_platform.metrics.actions.action_map import ActionBoxes
from mot_platform.metrics.actions.box_actions import box_action_accuracy

Row = tuple[int, int, float, float]


def _boxes(rows: list[Row]) -> ActionBoxes:
    """Return 10 x 10 boxes of (image, action, left, score)."""
    columns = np.array(rows, np.float64).reshape(-1, 4)
    left, zero = columns[:, 2], np.zeros(len(columns))
    return ActionBoxes(
        image=columns[:, 0].astype(np.int64),
        xyxy=np.stack([left, zero, left + 10, zero + 10], axis=1),
        action_id=columns[:, 1].astype(np.int64),
        score=columns[:, 3],
    )


def test_rows_with_one_box_are_one_person_with_the_scores_of_the_box_on_them() -> None:
    truth = _boxes([(0, 1, 0, 1), (0, 5, 0, 1), (0, 5, 50, 1), (1, 9, 0, 1)])
    predicted = _boxes(
        [(0, 1, 1, 0.2), (0, 9, 1, 0.6), (0, 5, 1, 0.7), (0, 9, 4, 1), (1, 1, 0, 0.9), (0, 9, 50, 1)]
    )
    scores = box_action_accuracy(truth, predicted, action_ids=(1, 5, 9))
    assert (scores.num_boxes, scores.num_matched, scores.num_right) == (3, 3, 1)
    assert scores.num_of_action.tolist() == [1, 2, 1]
    assert scores.confusion.tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0]]


def test_box_in_another_image_or_too_far_off_is_no_match() -> None:
    truth = _boxes([(0, 1, 0, 1)])
    scores = box_action_accuracy(truth, _boxes([(1, 1, 0, 1), (0, 1, 4, 1)]), action_ids=(1, 2))
    assert (scores.num_boxes, scores.num_matched) == (1, 0)
    assert scores.confusion.tolist() == [[0, 0, 1], [0, 0, 0]]


def test_no_predictions_match_nothing() -> None:
    scores = box_action_accuracy(_boxes([(0, 1, 0, 1)]), _boxes([]), action_ids=(1,))
    assert (scores.accuracy, scores.num_boxes) == (0, 1)
