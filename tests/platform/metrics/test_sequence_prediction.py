"""Predictions in the shape the metrics read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.metrics.sequence_prediction import SequencePrediction


def _tracks(action_score: list[list[float]]) -> Tracks:
    num = len(action_score)
    return Tracks(
        frame_index=np.arange(num, dtype=np.int32),
        time_s=np.zeros(num),
        track_id=np.ones(num, np.int32),
        class_id=np.zeros(num, np.int16),
        xyxy=np.full((num, 4), 0.1, np.float32),
        score=np.ones(num, np.float32),
        action_score=np.array(action_score, np.float32),
    )


def test_tracks_keep_their_numbers() -> None:
    rows = SequencePrediction.from_tracks(_tracks([[0.5], [0.5]])).rows
    assert rows.frame_index.tolist() == [0, 1]
    assert rows.xyxy.dtype == np.float64


def test_actions_that_the_model_does_not_know_score_below_zero() -> None:
    prediction = SequencePrediction.from_tracks(_tracks([[0.25, 0.5]]))
    assert prediction.action_columns("a", (9, 4), (4, 7, 9)).tolist() == [[0.5, -1, 0.25]]


def test_other_readings_of_actions_are_of_the_same_rows() -> None:
    scores = np.array([[0.1], [0.2]])
    prediction = replace(
        SequencePrediction.from_tracks(_tracks([[0.25], [0.5]])), other_action_scores={"b": scores}
    )
    second = prediction[np.array([False, True])]
    assert second.action_score.tolist() == [[0.5]]
    assert second.other_readings()["b"].action_score.tolist() == [[0.2]]
    assert second.other_readings()["b"].rows is second.rows


def test_empty_prediction_needs_no_action_columns() -> None:
    prediction = SequencePrediction.from_tracks(Tracks.empty())
    assert prediction.action_columns("a", (9, 4), (4, 9)).shape == (0, 2)


def test_wrong_number_of_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="a: the prediction has 1 action scores per box, but there are 2"):
        SequencePrediction.from_tracks(_tracks([[0.5]])).action_columns("a", (1, 2), (1, 2))


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        SequencePrediction.from_tracks(_tracks([[np.nan]])).action_columns("a", (1,), (1,))
