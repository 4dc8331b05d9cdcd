"""What is scored within a sequence, wherever that happens."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mot_model.structures import Detections
from mot_platform.formats.motchallenge import SequenceInfo
from mot_platform.metrics.evaluation import report_on
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_evaluation import Rules, evaluate_sequence
from mot_platform.metrics.sequence_prediction import SequencePrediction


def _truth(make_rows: Callable, boxes: list) -> SequenceTruth:
    rows = make_rows(boxes)
    info = SequenceInfo(name="a", frame_rate_hz=10, num_frames=5, width_px=100, height_px=100)
    return SequenceTruth(info=info, rows=rows, actions=np.zeros((len(rows), 0), bool))


def test_sequence_evaluated_in_another_process_is_reported_the_same(make_rows: Callable) -> None:
    truth = _truth(make_rows, [(frame, person, 40 * person) for frame in range(5) for person in (1, 2)])
    tracks = make_rows([(frame, 1 + frame // 3, 41) for frame in range(5)])
    here = evaluate_sequence(truth, SequencePrediction.from_rows(tracks), Rules())
    there = pickle.loads(pickle.dumps(here))
    reports = [report_on([part], Rules(), with_motmetrics=True).to_dict() for part in (here, there)]
    assert reports[0] == reports[1]
    assert reports[0]["combined"]["wrong_identity"]["num_spans"] == 1


def test_hidden_box_is_an_ignored_one_for_detection_too(make_rows: Callable) -> None:
    truth = _truth(make_rows, [(0, 1, 0), (0, 2, 50)])
    truth = replace(truth, rows=replace(truth.rows, visibility=np.array([1, 0.05])))
    part = evaluate_sequence(truth, SequencePrediction.from_rows(make_rows([])), Rules())
    assert part.true_boxes.score.tolist() == [1, 0]


def test_raw_detections_stand_in_for_the_boxes_of_tracks(make_rows: Callable) -> None:
    raw = [
        Detections(
            frame_index=frame,
            time_s=frame / 10,
            xyxy=np.zeros((number, 4), np.float32),
            score=np.full(number, 0.5, np.float32),
            class_id=np.zeros(number, np.int64),
        )
        for frame, number in ((0, 2), (3, 1))
    ]
    prediction = SequencePrediction.from_rows(make_rows([(0, 1, 0)]))
    part = evaluate_sequence(_truth(make_rows, []), prediction, Rules(), detections=raw)
    assert part.predicted_boxes.image.tolist() == [0, 0, 3]
