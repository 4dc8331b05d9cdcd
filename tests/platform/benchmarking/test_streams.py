"""Synthetic crowds."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.boxes import pairwise_iou
from mot_model.structures import Detections
from mot_platform.benchmarking.streams import crowd_stream


def test_the_same_arguments_give_the_same_stream() -> None:
    first, second, other = (crowd_stream(20, 5, seed=seed) for seed in (1, 1, 2))
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.xyxy, two.xyxy)
    assert not np.array_equal(first[0].xyxy[:5], other[0].xyxy[:5])


@pytest.mark.parametrize("num_objects", [1, 10, 300])
def test_there_are_about_as_many_detections_as_objects(num_objects: int) -> None:
    stream = crowd_stream(num_objects, 50)
    assert np.mean([len(frame) for frame in stream]) == pytest.approx(num_objects, rel=0.15, abs=0.5)
    score = np.concatenate([frame.score for frame in stream])
    assert 0.1 <= score.min() <= score.max() <= 1


def test_larger_crowds_are_as_dense() -> None:
    small, large = (np.mean([neighbours(frame) for frame in crowd_stream(num, 20)]) for num in (40, 400))
    assert large == pytest.approx(small, rel=0.35)
    assert small > 0.2


def neighbours(frame: Detections) -> float:
    """Return how many others a box overlaps."""
    overlaps = pairwise_iou(frame.xyxy, frame.xyxy) > 0
    return float(overlaps.sum() / len(frame)) - 1


def test_objects_move_on_and_some_are_seen_badly() -> None:
    first, second = crowd_stream(100, 2)
    overlap = pairwise_iou(first.xyxy, second.xyxy).max(axis=1)
    assert 0.8 < (overlap > 0.5).mean() < 1
    assert 0.05 < (first.score < 0.6).mean() < 0.3
