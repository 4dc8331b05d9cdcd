"""Whose each detection is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mot_model.structures import Detections
from mot_platform.formats.motchallenge import SequenceInfo
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.identity.embedded_people import embedded_people


def found(frame_index: int, boxes: list[tuple[float, float]]) -> Detections:
    """Return detections by left edge and score, 10 x 10, each embedded as its number."""
    left, score = np.array(boxes, np.float32).reshape(-1, 2).T
    return Detections(
        frame_index=frame_index,
        time_s=frame_index / 10,
        xyxy=np.stack([left, 0 * left, left + 10, 0 * left + 10], axis=1).astype(np.float32),
        score=score,
        class_id=np.zeros(len(score), np.int64),
        embedding=np.eye(8, dtype=np.float32)[: len(score)],
    )


def truth(make_rows: Callable) -> SequenceTruth:
    """Return people 5 and 6 at 0 and 3 px, in frame 0 and, alone, 6 in frame 2."""
    rows = make_rows([(0, 5, 0), (0, 6, 3), (2, 6, 40)])
    info = SequenceInfo(name="a", frame_rate_hz=10, num_frames=3, width_px=100, height_px=100)
    return SequenceTruth(info=info, rows=rows, actions=np.zeros((3, 0), bool))


def test_a_person_has_the_best_scored_detection_that_is_nearest_to_them(make_rows: Callable) -> None:
    first = found(0, [(0, 0.3), (1, 0.4), (3, 0.2), (60, 0.9)])  # the second overlaps both people enough
    people = embedded_people(truth(make_rows), [first, found(1, [(3, 0.9)]), found(2, [(41, 0.1)])])
    assert people is not None
    assert list(zip(people.frame_index, people.person, strict=True)) == [(0, 5), (0, 6), (2, 6)]
    assert people.embedding.argmax(axis=1).tolist() == [1, 2, 0]


def test_who_is_ignored_or_not_found_is_not_there(make_rows: Callable) -> None:
    told = truth(make_rows)
    hidden = replace(told, rows=replace(told.rows, visibility=np.array([1, 0.05, 1])))
    people = embedded_people(hidden, [found(0, [(0, 0.9), (3, 0.8)]), found(2, [(48, 0.9)])])
    assert people is not None
    assert people.person.tolist() == [5]


def test_without_embeddings_nothing_is_said(make_rows: Callable) -> None:
    plain = replace(found(0, [(0, 0.9)]), embedding=None)
    assert embedded_people(truth(make_rows), [plain]) is None
    assert embedded_people(truth(make_rows), [found(1, [])]) is None
