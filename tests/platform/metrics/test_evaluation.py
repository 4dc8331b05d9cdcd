"""All scores of a small corpus through one call."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_model.structures import Detections, Tracks
from mot_platform.formats.motchallenge import MotRows, SequenceInfo
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction


def _truth(name: str, rows: MotRows, actions: list | None = None) -> SequenceTruth:
    info = SequenceInfo(name=name, frame_rate_hz=10, num_frames=5, width_px=100, height_px=100)
    if actions is None:
        return SequenceTruth(info=info, rows=rows, actions=np.zeros((len(rows), 0), bool))
    return SequenceTruth(info=info, rows=rows, actions=np.array(actions, bool), action_ids=(4, 7))


def _tracks(rows: MotRows, action_score: list | None = None) -> Tracks:
    scores = np.zeros((len(rows), 0)) if action_score is None else np.array(action_score)
    return Tracks(
        frame_index=rows.frame_index.astype(np.int32),
        time_s=rows.frame_index / 10,
        track_id=rows.track_id.astype(np.int32),
        class_id=np.zeros(len(rows), np.int16),
        xyxy=rows.xyxy.astype(np.float32),
        score=np.full(len(rows), 0.9, np.float32),
        action_score=scores.astype(np.float32),
    )


def test_perfect_tracks_are_perfect_everywhere(make_rows: Callable) -> None:
    rows = make_rows([(frame, track, 20 * track) for frame in range(5) for track in (1, 2)])
    truth, score = [[1, 0], [0, 1]] * 5, [[0.9, 0.1], [0.2, 0.8]] * 5
    report = evaluate_sequences(
        [_truth("a", rows, truth), _truth("b", rows, truth)],
        {"b": _tracks(rows, score), "a": _tracks(rows, score)},
        action_ids=(4, 7),
    )
    figures = report.scalars()
    ones = ("HOTA", "MOTA", "IDF1", "detection_mAP", "action_mAP", "action_accuracy", "motmetrics_MOTA")
    assert [figures[name] for name in ones] == pytest.approx([1] * len(ones))
    assert [scores.name for scores in report.sequences] == ["a", "b"]
    assert report.combined.num_frames == 10


def test_combined_pools_the_sequences(make_rows: Callable) -> None:
    long = make_rows([(frame, 1, 0) for frame in range(3)])
    short = make_rows([(0, 1, 0)])
    report = evaluate_sequences(
        [_truth("a", long), _truth("b", short)], {"a": _tracks(long), "b": Tracks.empty()}
    )
    assert report.scalars()["MOTA"] == pytest.approx(3 / 4)
    assert report.scalars()["motmetrics_MOTA"] == pytest.approx(3 / 4)
    assert report.combined.detection.ap50 == pytest.approx(76 / 101)  # recall 0.75 at precision 1
    assert report.combined.action_map is None


def test_hidden_person_is_ignored_by_every_score(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0), (0, 2, 50)])
    hidden = replace(rows, visibility=np.array([1, 0.05]))
    both = evaluate_sequences([_truth("a", hidden)], {"a": _tracks(rows)}).scalars()
    one = evaluate_sequences([_truth("a", hidden)], {"a": _tracks(rows[:1])}).scalars()
    assert both == pytest.approx(one)
    assert (both["MOTA"], both["HOTA"], both["detection_AP50"]) == pytest.approx((1, 1, 1))


def test_raw_detections_take_the_place_of_track_boxes(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0)])
    raw = Detections(
        frame_index=0,
        time_s=0,
        xyxy=rows.xyxy.astype(np.float32),
        score=np.ones(1, np.float32),
        class_id=np.zeros(1, np.int64),
    )
    report = evaluate_sequences([_truth("a", rows)], {"a": Tracks.empty()}, detections={"a": [raw]})
    assert (report.combined.detection.ap50, report.combined.clear.recall) == (pytest.approx(1), 0)


def test_other_readings_of_actions_are_scored_beside(make_rows: Callable) -> None:
    rows = make_rows([(frame, 1, 0) for frame in range(5)])
    right, wrong = np.tile([0.9, 0.1], (5, 1)), np.tile([0.1, 0.9], (5, 1))
    predicted = SequencePrediction(rows=rows, action_score=wrong, other_action_scores={"by_eye": right})
    report = evaluate_sequences(
        [_truth(name, rows, [[1, 0]] * 5) for name in "ab"], dict.fromkeys("ab", predicted), action_ids=(4, 7)
    )
    scores = report.scalars()
    assert (scores["action_accuracy"], scores["by_eye/action_accuracy"]) == (0, 1)
    assert scores["by_eye/action_mAP"] == pytest.approx(1)
    assert report.to_dict()["other_actions"]["by_eye"]["action_map"]["num_truth_by_action"] == {"4": 10}


@pytest.mark.parametrize("truth_boxes", [[], [(0, 1, 0)]], ids=["no truth", "truth"])
@pytest.mark.parametrize("found_boxes", [[], [(0, 1, 0)]], ids=["no track", "track"])
def test_report_is_json_whatever_is_missing(
    make_rows: Callable, truth_boxes: list, found_boxes: list
) -> None:
    truth = _truth("a", make_rows(truth_boxes), [[1, 0]] * len(truth_boxes) or np.zeros((0, 2)))
    found = _tracks(make_rows(found_boxes), [[0.5, 0.5]] * len(found_boxes) or np.zeros((0, 2)))
    report = evaluate_sequences([truth], {"a": found}, action_ids=(4, 7), action_names={4: "dance"})
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["action_names"] == {"4": "dance"}
    assert np.isfinite(list(report.scalars().values())).all()


@pytest.mark.parametrize(
    ("truths", "predicted", "problem"),
    [
        pytest.param(["a", "b"], ["a"], "no prediction for 1 of 2 sequences: b", id="missing"),
        pytest.param(["a"], ["a", "c"], "no ground truth for 1 predicted sequences: c", id="unknown"),
        pytest.param(["a", "a"], ["a"], "sequence 'a' is in the ground truth more than once", id="twice"),
        pytest.param([], [], "there is no sequence to evaluate", id="none"),
    ],
)
def test_both_sides_have_the_same_sequences(
    make_rows: Callable, truths: list[str], predicted: list[str], problem: str
) -> None:
    rows = make_rows([(0, 1, 0)])
    with pytest.raises(ValueError, match=problem):
        evaluate_sequences(
            [_truth(name, rows) for name in truths], {name: _tracks(rows) for name in predicted}
        )
