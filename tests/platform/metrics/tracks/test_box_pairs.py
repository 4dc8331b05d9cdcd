"""Pairs of boxes as columns, against the plain way of looking at one frame after another."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import pairwise_iou
from mot_platform.metrics.tracks import box_pairs
from mot_platform.metrics.tracks.box_pairs import BoxPairs, assign_by_frame, overlapping_pairs

TRUTH_START = np.array([0, 6, 6, 10, 17])
PREDICTED_START = np.array([0, 5, 9, 9, 18])


def _boxes(rng: np.random.Generator, number: int) -> np.ndarray:
    corner = rng.uniform(0, 20, (number, 2))
    return np.concatenate([corner, corner + rng.uniform(1, 15, (number, 2))], axis=1)


@pytest.fixture
def crowd() -> tuple[np.ndarray, np.ndarray, BoxPairs]:
    """Return boxes of four frames, one without truth and one without predictions, and their pairs."""
    rng = np.random.default_rng(0)
    truth, predicted = _boxes(rng, TRUTH_START[-1]), _boxes(rng, PREDICTED_START[-1])
    truth[0, 2:] = truth[0, :2] - 5  # inverted: overlaps nothing
    pairs = overlapping_pairs(truth, predicted, truth_start=TRUTH_START, predicted_start=PREDICTED_START)
    return truth, predicted, pairs


def _frames(truth: np.ndarray, predicted: np.ndarray) -> list[np.ndarray]:
    sides = zip(np.split(truth, TRUTH_START[1:-1]), np.split(predicted, PREDICTED_START[1:-1]), strict=True)
    return [pairwise_iou(*side) for side in sides]


def test_every_overlap_of_a_frame_is_a_pair(crowd: tuple) -> None:
    truth, predicted, pairs = crowd
    for frame_index, iou in enumerate(_frames(truth, predicted)):
        np.testing.assert_array_equal(
            pairs.matrix(frame_index, pairs.iou[pairs.frame(frame_index)]), iou, strict=True
        )


def test_pairs_are_the_same_in_small_portions(crowd: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    truth, predicted, whole = crowd
    monkeypatch.setattr(box_pairs, "_MAX_PAIRS_AT_ONCE", 7)
    parts = overlapping_pairs(truth, predicted, truth_start=TRUTH_START, predicted_start=PREDICTED_START)
    np.testing.assert_array_equal(parts.truth, whole.truth)
    np.testing.assert_array_equal(parts.predicted, whole.predicted)


def test_assignment_is_the_best_of_each_frame(crowd: tuple) -> None:
    truth, predicted, pairs = crowd
    chosen = assign_by_frame(pairs, pairs.iou)
    for frame_index, iou in enumerate(_frames(truth, predicted)):
        here = pairs.frame(frame_index)
        mine = chosen[(chosen >= here.start) & (chosen < here.stop)]
        assert pairs.iou[mine].sum() == pytest.approx(iou[linear_sum_assignment(iou, maximize=True)].sum())
        assert len(set(pairs.truth[mine])) == len(set(pairs.predicted[mine])) == len(mine)


def test_pairs_without_score_are_left_out(crowd: tuple) -> None:
    pairs = crowd[2]
    score = np.where(pairs.iou < 0.2, 0, pairs.iou)
    assert (pairs.iou[assign_by_frame(pairs, score)] >= 0.2).all()


def test_pairs_of_some_boxes_are_numbered_among_them(crowd: tuple) -> None:
    truth, predicted, pairs = crowd
    truth_kept, predicted_kept = np.arange(len(truth)) % 3 > 0, np.arange(len(predicted)) % 2 > 0
    some = pairs.among(truth_kept, predicted_kept)
    again = overlapping_pairs(
        truth[truth_kept],
        predicted[predicted_kept],
        truth_start=some.truth_start,
        predicted_start=some.predicted_start,
    )
    assert some.truth_start.tolist() == [int(truth_kept[:stop].sum()) for stop in TRUTH_START]
    for name in ("truth", "predicted", "iou", "start"):
        np.testing.assert_array_equal(getattr(some, name), getattr(again, name))


def test_no_boxes_make_no_pairs() -> None:
    nothing = np.zeros((0, 4))
    pairs = overlapping_pairs(
        nothing, nothing, truth_start=np.zeros(4, int), predicted_start=np.zeros(4, int)
    )
    assert assign_by_frame(pairs, pairs.iou).tolist() == []
