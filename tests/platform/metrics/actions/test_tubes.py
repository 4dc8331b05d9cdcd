"""Tubes of persons, and how they overlap."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.boxes import pairwise_iou
from mot_platform.formats.action_rows import ActionRows
from mot_platform.metrics.actions.tubes import Tubes, tube_overlaps, tubes_of_persons


def _rows(random: np.random.Generator, number: int) -> ActionRows:
    corner = random.uniform(0, 10, (number, 2))
    return ActionRows(
        videos=("a", "b"),
        video=random.integers(0, 2, number),
        frame=random.integers(0, 12, number),
        person_id=random.integers(0, 3, number),
        xyxy=np.concatenate([corner, corner + random.uniform(5, 20, (number, 2))], axis=1),
        action_id=random.integers(1, 3, number),
        score=random.uniform(size=number),
        empty_video=np.zeros(0, np.int64),
        empty_frame=np.zeros(0, np.int64),
    )


def _slow_iou(left: Tubes, i: int, right: Tubes, j: int) -> float:
    """Return the IoU of two tubes frame by frame."""
    if (left.video[i], left.action_id[i]) != (right.video[j], right.action_id[j]):
        return 0.0
    one = {int(left.frame[row]): left.xyxy[row] for row in np.flatnonzero(left.tube == i)}
    two = {int(right.frame[row]): right.xyxy[row] for row in np.flatnonzero(right.tube == j)}
    total = sum(pairwise_iou(one[frame][None], two[frame][None])[0, 0] for frame in one.keys() & two.keys())
    return float(total / len(one.keys() | two.keys()))


def test_overlaps_are_those_of_a_loop_over_frames() -> None:
    random = np.random.default_rng(0)
    left, right = tubes_of_persons(_rows(random, 120)), tubes_of_persons(_rows(random, 90))
    assert len(left) == 12
    i, j, iou = tube_overlaps(left, right)
    got = np.zeros((len(left), len(right)))
    got[i, j] = iou
    wanted = [[_slow_iou(left, i, right, j) for j in range(len(right))] for i in range(len(left))]
    np.testing.assert_allclose(got, wanted, atol=1e-12)
    assert iou.min() > 0


def test_tube_is_a_person_with_an_action_once_in_each_frame() -> None:
    rows = _rows(np.random.default_rng(1), 4)
    rows = ActionRows(
        videos=("a",),
        video=np.zeros(4, np.int64),
        frame=np.array([5, 4, 5, 4]),
        person_id=np.array([7, 7, 7, 7]),
        xyxy=rows.xyxy,
        action_id=np.array([1, 1, 1, 2]),
        score=np.array([0.2, 0.4, 1.0, 0.9]),
        empty_video=np.zeros(0, np.int64),
        empty_frame=np.zeros(0, np.int64),
    )
    tubes = tubes_of_persons(rows)
    assert (tubes.action_id.tolist(), tubes.num_frames.tolist()) == ([1, 2], [2, 1])
    assert tubes.score.tolist() == pytest.approx([0.3, 0.9])
    assert tubes.frame.tolist() == [4, 5, 4]
    kept = tubes[np.array([False, True])]
    assert (kept.tube.tolist(), kept.frame.tolist(), kept.score.tolist()) == ([0], [4], [0.9])


def test_no_rows_are_no_tubes() -> None:
    none = tubes_of_persons(_rows(np.random.default_rng(0), 0))
    some = tubes_of_persons(_rows(np.random.default_rng(0), 5))
    assert len(none) == 0
    assert [len(column) for column in tube_overlaps(none, some)] == [0, 0, 0]
    assert [len(column) for column in tube_overlaps(some, none)] == [0, 0, 0]
