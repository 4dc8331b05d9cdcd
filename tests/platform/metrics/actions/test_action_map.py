"""Frame-mAP of actions against a second implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_model.boxes import pairwise_iou
from mot_platform.metrics.actions.action_map import ActionBoxes, action_map


def _boxes(rows: list[tuple[int, int, float, float]]) -> ActionBoxes:
    """Return 10 x 10 boxes of (image, action, left, score)."""
    columns = np.array(rows, np.float64).reshape(-1, 4)
    left, zero = columns[:, 2], np.zeros(len(columns))
    return ActionBoxes(
        image=columns[:, 0].astype(np.int64),
        xyxy=np.stack([left, zero, left + 10, zero + 10], axis=1),
        action_id=columns[:, 1].astype(np.int64),
        score=columns[:, 3],
    )


def _slow_ap(truth: ActionBoxes, predicted: ActionBoxes, action: int) -> float:
    """Return the average precision by the letter of the official evaluator, one box at a time."""
    claimed: set[int] = set()
    right = []
    of_action = np.flatnonzero(predicted.action_id == action)
    for row in of_action[np.argsort(-predicted.score[of_action], kind="stable")]:
        rivals = np.flatnonzero((truth.image == predicted.image[row]) & (truth.action_id == action))
        iou = pairwise_iou(predicted.xyxy[[row]], truth.xyxy[rivals])[0]
        best = int(rivals[np.argmax(iou)]) if len(rivals) else -1
        right.append(len(rivals) > 0 and iou.max() >= 0.5 and best not in claimed)
        if right[-1]:
            claimed.add(best)
    number = int((truth.action_id == action).sum())
    area = 0.0
    for rank in np.flatnonzero(right):
        later = [sum(right[: k + 1]) / (k + 1) for k in range(rank, len(right))]
        area += max(later) / number
    return area


def test_equals_a_plain_loop_on_random_boxes() -> None:
    random = np.random.default_rng(3)

    def draw(num: int) -> ActionBoxes:
        left_top = random.uniform(0, 20, (num, 2))
        return ActionBoxes(
            image=random.integers(0, 12, num),
            xyxy=np.concatenate([left_top, left_top + random.uniform(5, 20, (num, 2))], axis=1),
            action_id=random.integers(1, 5, num),
            score=random.uniform(size=num),
        )

    truth, predicted = draw(150), draw(400)
    got = action_map(truth, predicted)
    wanted = {action: _slow_ap(truth, predicted, action) for action in range(1, 5)}
    assert got.ap_by_action == pytest.approx(wanted, abs=1e-12)
    assert got.mean_ap == pytest.approx(np.mean(list(wanted.values())))
    assert 0 < got.mean_ap < 1


def test_second_prediction_on_a_box_is_wrong() -> None:
    truth = _boxes([(0, 1, 0, 1), (0, 1, 40, 1)])
    predicted = _boxes([(0, 1, 0, 0.9), (0, 1, 1, 0.8), (0, 1, 40, 0.7)])
    assert action_map(truth, predicted).mean_ap == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_other_action_or_image_is_no_match() -> None:
    truth = _boxes([(0, 1, 0, 1)])
    assert action_map(truth, _boxes([(0, 2, 0, 1), (1, 1, 0, 1)])).mean_ap == 0


def test_action_that_is_never_there_does_not_count() -> None:
    truth = _boxes([(0, 1, 0, 1), (0, 5, 0, 1)])
    scores = action_map(truth, _boxes([(0, 1, 0, 1), (0, 9, 0, 1)]), action_ids=[1, 9])
    assert scores.ap_by_action == {1: 1.0}


def test_empty_sides() -> None:
    some, none = _boxes([(0, 1, 0, 1)]), _boxes([])
    assert action_map(some, none).mean_ap == 0
    assert math.isnan(action_map(none, some).mean_ap)
    assert action_map(none, some).to_dict()["mean_ap"] is None


def test_box_without_area_is_dropped() -> None:
    predicted = _boxes([(0, 1, 0, 0.5)])
    flat = ActionBoxes(
        image=np.array([0]), xyxy=np.zeros((1, 4)), action_id=np.array([1]), score=np.array([0.9])
    )
    both = ActionBoxes(
        **{
            name: np.concatenate([getattr(flat, name), getattr(predicted, name)])
            for name in ("image", "xyxy", "action_id", "score")
        }
    )
    assert action_map(_boxes([(0, 1, 0, 1)]), both).mean_ap == 1


def test_nan_score_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        _boxes([(0, 1, 0, math.nan)])


def test_curve_and_numbers_of_each_action_are_kept() -> None:
    truth = _boxes([(0, 1, 0, 1), (0, 1, 40, 1), (1, 2, 0, 1)])
    scores = action_map(truth, _boxes([(0, 1, 0, 0.9), (1, 1, 0, 0.8), (0, 1, 40, 0.7)]))
    assert scores.num_truth_by_action == {1: 2, 2: 1}
    assert scores.precision_by_action[1][[0, 50, 51, 100]].tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert not scores.precision_by_action[2].any()


def test_truth_without_area_has_to_be_found_and_cannot_be() -> None:
    flat = ActionBoxes(
        image=np.array([0, 0]),
        xyxy=np.array([[0, 0, 10, 10], [5, 5, 5, 5]], np.float64),
        action_id=np.array([1, 1]),
        score=np.ones(2),
    )
    assert action_map(flat, flat).mean_ap == pytest.approx(0.5)
