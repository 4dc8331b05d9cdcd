"""COCO average precision from arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_platform.metrics.boxes.detection_map import ImageBoxes, detection_scores, detection_scores_by_group


def _boxes(rows: list[tuple[int, float, float]]) -> ImageBoxes:
    """Return 50 x 50 boxes of (image, left, score)."""
    columns = np.array(rows, np.float64).reshape(-1, 3)
    left, zero = columns[:, 1], np.zeros(len(columns))
    return ImageBoxes(
        image=columns[:, 0].astype(np.int64),
        xyxy=np.stack([left, zero, left + 50, zero + 50], axis=1),
        score=columns[:, 2],
    )


def test_exact_boxes_score_one_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    truth = _boxes([(0, 0, 1), (0, 100, 1), (7, 0, 1)])
    scores = detection_scores(truth, truth)
    assert (scores.mean_ap, scores.ap50, scores.ap75, scores.ap_medium) == pytest.approx((1, 1, 1, 1))
    assert scores.to_dict()["ap_small"] is None
    assert capfd.readouterr() == ("", "")


def test_shifted_box_counts_below_its_overlap() -> None:
    scores = detection_scores(_boxes([(0, 0, 1)]), _boxes([(0, 10, 0.9)]))  # IoU 2/3: passes 0.5 .. 0.65
    assert (scores.ap50, scores.ap75, scores.mean_ap) == pytest.approx((1, 0, 0.4))


def test_false_alarm_above_half_of_the_right_boxes_lowers_precision() -> None:
    truth = _boxes([(0, 0, 1), (1, 0, 1)])
    scores = detection_scores(truth, _boxes([(0, 0, 0.9), (2, 0, 0.8), (1, 0, 0.7)]))
    # precision 1 up to recall 0.5 (51 of 101 points), 2/3 above
    assert scores.ap50 == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert scores.precision[0, [0, 50, 51, 100]] == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert scores.precision.mean() == pytest.approx(scores.mean_ap)


def test_ignored_box_forgives_one_prediction() -> None:
    truth = _boxes([(0, 0, 1), (0, 100, 0)])
    assert detection_scores(truth, _boxes([(0, 100, 0.9), (0, 0, 0.8)])).ap50 == pytest.approx(1)
    assert detection_scores(truth, _boxes([(0, 100, 0.9), (0, 102, 0.9), (0, 0, 0.8)])).ap50 < 1


def test_prediction_of_score_zero_still_counts() -> None:
    truth = _boxes([(0, 0, 1), (1, 0, 1)])
    assert detection_scores(truth, _boxes([(0, 0, 0), (1, 200, 0.5)])).ap50 < 0.5


def test_no_prediction_scores_zero() -> None:
    scores = detection_scores(_boxes([(0, 0, 1)]), _boxes([]))
    assert (scores.mean_ap, scores.ap_medium, scores.recall_100) == (0, 0, 0)
    assert math.isnan(scores.ap_large)


def test_no_ground_truth_is_undefined() -> None:
    assert set(detection_scores(_boxes([]), _boxes([(0, 0, 1)])).to_dict().values()) == {None}


def test_groups_score_alone_and_together() -> None:
    truths = [_boxes([(0, 0, 1), (1, 0, 1)]), _boxes([(0, 100, 1)]), _boxes([])]
    predictions = [_boxes([(1, 0, 0.5), (7, 0, 0.9)]), _boxes([(0, 100, 0.7)]), _boxes([(0, 0, 0.6)])]
    groups, together = detection_scores_by_group(truths, predictions)
    alone = [detection_scores(*pair) for pair in zip(truths, predictions, strict=True)]
    assert [group.to_dict() for group in groups] == [scores.to_dict() for scores in alone]
    # by score: wrong, right, wrong, right; the third box is not found
    assert together.ap50 == pytest.approx(67 * 0.5 / 101)


def test_predictions_that_scores_do_not_rank_are_undefined_on_request() -> None:
    truths = [_boxes([(0, 0, 1)]), _boxes([(0, 0, 1)])]
    same = [_boxes([(0, 0, 0.5), (0, 80, 0.5)]), _boxes([(0, 0, 0.5)])]
    groups, together = detection_scores_by_group(truths, same, need_ranking=True)
    assert {part.to_dict()["ap50"] for part in (*groups, together)} == {None}
    assert detection_scores_by_group(truths, same)[1].ap50 > 0.5
    ranked = [same[0], _boxes([(0, 0, 0.6)])]
    groups, together = detection_scores_by_group(truths, ranked, need_ranking=True)
    assert math.isnan(groups[0].ap50)
    assert (groups[1].ap50, together.ap50 > 0.5) == (pytest.approx(1), True)


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="the predictions have a box or score that is not finite"):
        detection_scores(_boxes([(0, 0, 1)]), _boxes([(0, math.nan, 1)]))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[1, 2, 1\]"):
        ImageBoxes(image=np.zeros(1, int), xyxy=np.zeros((2, 4)), score=np.ones(1))
