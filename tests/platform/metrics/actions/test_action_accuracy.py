"""Action accuracy along matched boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_platform.metrics.actions.action_accuracy import action_accuracy

TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], bool)
SCORE = np.array([[0.9, 0.1, 0.2], [0.1, 0.8, 0.3], [0.6, 0.5, 0.4], [0, 0, 0]])
MATCHED = np.array([True, True, True, False])


def test_unmatched_box_is_wrong() -> None:
    result = action_accuracy(TRUTH, SCORE, matched=MATCHED, action_ids=[12, 14, 80])
    assert (result.num_boxes, result.num_matched, result.num_right) == (4, 3, 2)
    assert (result.accuracy, result.accuracy_of_matched) == pytest.approx((1 / 2, 2 / 3))


def test_majority_is_the_commonest_action_on_every_box() -> None:
    assert action_accuracy(TRUTH, SCORE, matched=MATCHED, action_ids=[12, 14, 80]).majority_accuracy == 0.5


def test_recall_asks_for_as_many_actions_as_the_box_has() -> None:
    result = action_accuracy(TRUTH, SCORE, matched=MATCHED, action_ids=[12, 14, 80])
    # the second box has two actions, and its two best scores are the second and third
    assert result.recall_by_action == pytest.approx({12: 1 / 2, 14: 1 / 2, 80: 0})
    assert result.mean_recall == pytest.approx(1 / 3)


def test_confusion_counts_every_box_once() -> None:
    result = action_accuracy(TRUTH, SCORE, matched=MATCHED, action_ids=[12, 14, 80])
    np.testing.assert_allclose(result.confusion, [[1, 0, 0, 0], [0, 1, 0, 0.5], [1, 0, 0, 0.5]])
    assert result.confusion[:, :3].trace() == result.num_right


def test_no_labelled_box_is_undefined() -> None:
    empty = np.zeros((0, 2))
    result = action_accuracy(empty.astype(bool), empty, matched=np.zeros(0, bool), action_ids=[1, 2])
    assert math.isnan(result.accuracy)
    assert result.to_dict()["mean_recall"] is None


def test_box_without_action_is_refused() -> None:
    with pytest.raises(ValueError, match="box 0 has no action"):
        action_accuracy(np.zeros((1, 2), bool), np.zeros((1, 2)), matched=np.ones(1, bool), action_ids=[1, 2])


def test_nan_score_of_a_matched_box_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        action_accuracy(TRUTH, SCORE * math.nan, matched=MATCHED, action_ids=[12, 14, 80])


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="2 action ids"):
        action_accuracy(TRUTH, SCORE, matched=MATCHED, action_ids=[12, 14])
