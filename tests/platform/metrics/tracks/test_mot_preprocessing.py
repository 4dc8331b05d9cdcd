"""Which rows count, by benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.tracks.box_pairs import BoxPairs
from mot_platform.metrics.tracks.mot_preprocessing import (
    Benchmark,
    absorbed_predictions,
    evaluated_and_absorbing_rows,
)


def _truth(class_id: list[int], flag: list[int], visibility: list[float]) -> MotRows:
    num = len(class_id)
    return MotRows(
        frame_index=np.zeros(num, np.int64),
        track_id=np.arange(num),
        xyxy=np.zeros((num, 4)),
        score=np.array(flag, np.float64),
        class_id=np.array(class_id),
        visibility=np.array(visibility),
    )


@pytest.mark.parametrize(
    ("benchmark", "evaluated", "absorbing"),
    [
        pytest.param(
            "mot17", [True, False, False, False, True], [False, False, True, False, False], id="mot17"
        ),
        pytest.param(
            "mot20", [True, False, False, False, True], [False, False, True, True, False], id="mot20"
        ),
        pytest.param(
            "mot16", [True, False, False, False, True], [False, False, True, False, False], id="mot16"
        ),
        pytest.param("mot15", [True, False, True, False, True], [False] * 5, id="mot15"),
        pytest.param("dancetrack", [True, False, True, False, True], [False] * 5, id="dancetrack"),
        pytest.param(
            "plain", [True, False, True, False, False], [False, True, False, True, True], id="plain"
        ),
    ],
)
def test_benchmark_splits_the_ground_truth(
    benchmark: Benchmark, evaluated: list[bool], absorbing: list[bool]
) -> None:
    # pedestrian, pedestrian not to count, distractor, vehicle not to count, hidden pedestrian
    truth = _truth([1, 1, 8, 6, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 0.05])
    got = evaluated_and_absorbing_rows(truth, benchmark, min_visibility=0.1)
    assert (got[0].tolist(), got[1].tolist()) == (evaluated, absorbing)


def test_unknown_class_of_mot17_is_refused() -> None:
    with pytest.raises(ValueError, match="class 14 in frame 1"):
        evaluated_and_absorbing_rows(_truth([14], [1], [1]), "mot17")


def test_unknown_benchmark_is_refused() -> None:
    with pytest.raises(ValueError, match="'kitti' is unknown"):
        evaluated_and_absorbing_rows(_truth([1], [1], [1]), "kitti")  # type: ignore[arg-type]


def _pairs(iou: list[list[float]]) -> BoxPairs:
    """Return the boxes of one frame as pairs."""
    matrix = np.array(iou)
    row, column = np.nonzero(matrix)
    return BoxPairs(
        truth=row,
        predicted=column,
        iou=matrix[row, column],
        truth_start=np.array([0, len(matrix)]),
        predicted_start=np.array([0, matrix.shape[1]]),
    )


def test_prediction_goes_to_the_row_it_fits_best() -> None:
    pairs = _pairs([[0.9, 0.6], [0.7, 0.55]])
    assert absorbed_predictions(pairs, np.array([False, True])).tolist() == [False, True]


def test_weak_overlap_absorbs_nothing() -> None:
    assert absorbed_predictions(_pairs([[0.49]]), np.array([True])).tolist() == [False]
