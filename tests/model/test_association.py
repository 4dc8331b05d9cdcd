from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from mot_model.association import (
    assign_pairs,
    buffer_boxes,
    covered_share,
    embedding_distance,
    match_tracks,
    meeting_pairs,
    pair_height_iou,
    pair_iou,
    pair_turn,
)
from mot_model.boxes import pairwise_iou
from mot_model.structures import Detections
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState

BOX = np.array([[0.0, 0, 10, 20]])


def test_buffer_grows_each_side_by_its_share() -> None:
    np.testing.assert_allclose(buffer_boxes(BOX, 0.5), [[-5, -10, 15, 30]])


def test_grown_boxes_meet_where_plain_ones_do_not() -> None:
    beside = BOX + np.array([12.0, 0, 12, 0])
    assert pair_iou(BOX, beside)[0] == 0
    assert pair_iou(buffer_boxes(BOX, 0.3), buffer_boxes(beside, 0.3))[0] > 0


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param([50.0, 0, 60, 20], 1.0, id="same height far away"),
        pytest.param([0.0, 0, 10, 10], 0.5, id="half as tall"),
        pytest.param([0.0, 30, 10, 50], 0.0, id="below"),
        pytest.param([0.0, 20, 10, 40], 0.0, id="touching"),
    ],
)
def test_height_overlap(other: list[float], expected: float) -> None:
    assert pair_height_iou(BOX, np.array([other]))[0] == pytest.approx(expected)


def test_turn_is_low_ahead_and_high_behind() -> None:
    targets = np.array([[20.0, 0, 30, 20], [-30, 0, -20, 20], [0, 50, 10, 70], [0, 0, 10, 20]])
    turn = pair_turn(np.repeat(BOX, 4, axis=0), np.array([[1.0, 0]] * 4), targets)
    np.testing.assert_allclose(turn, [0, 1, 0.5, 0.5], atol=1e-6)


def test_unknown_embedding_is_neutral() -> None:
    known = np.array([[1.0, 0], [0, 0]])
    np.testing.assert_allclose(embedding_distance(known, np.array([[1.0, 0], [-1, 0]])), [[0, 2], [1, 1]])


def test_covered_share_is_of_the_smaller_box() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [5, 5, 10, 10], [50, 50, 60, 60]])
    np.testing.assert_allclose(covered_share(boxes), [0.25, 1, 0])
    np.testing.assert_allclose(covered_share(boxes[:1]), [0])


def _crowd(num: int) -> np.ndarray:
    corner = np.random.default_rng(0).uniform(0, 500, (num, 2))
    return np.concatenate([corner, corner + 30], axis=1)


def test_pairs_that_meet_are_those_with_an_overlap() -> None:
    boxes, others = _crowd(40), _crowd(60)[::-1]
    overlap = pairwise_iou(boxes, others)
    rows, cols = meeting_pairs(boxes, others)
    np.testing.assert_array_equal([rows, cols], np.nonzero(overlap))
    np.testing.assert_allclose(pair_iou(boxes[rows], others[cols]), overlap[rows, cols])


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(0, 4), st.integers(0, 4)),
        elements=st.floats(-1, 1, width=16),
    )
)
def test_assignment_has_the_largest_total_gain(matrix: np.ndarray) -> None:
    rows, cols = np.nonzero(matrix > 0)
    gain = matrix[rows, cols]
    matched = assign_pairs(rows, cols, gain)
    assert len(set(rows[matched])) == len(matched) == len(set(cols[matched]))
    padded = np.zeros((4, 4))
    padded[rows, cols] = gain
    best = max(padded[range(4), order].sum() for order in itertools.permutations(range(4)))
    assert gain[matched].sum() == pytest.approx(best)


def test_large_assignment_by_groups_equals_the_whole() -> None:
    boxes = _crowd(150)
    overlap = pairwise_iou(boxes, boxes + np.random.default_rng(1).normal(0, 8, (150, 1)))
    rows, cols = np.nonzero(overlap)
    whole = linear_sum_assignment(overlap, maximize=True)
    by_groups = assign_pairs(rows, cols, overlap[rows, cols])
    assert overlap[rows, cols][by_groups].sum() == pytest.approx(overlap[whole].sum())


def _state(xyxy: np.ndarray, *, class_id: int = 0, num_hits: int = 5, unseen_s: float = 0.0) -> TrackerState:
    """Return tracks at rest at `xyxy`, last seen `unseen_s` before the clock of 10 s."""
    num = len(xyxy)
    motion = np.zeros((num, 5, 4))
    motion[:, 0, :2] = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    motion[:, 0, 2:] = xyxy[:, 2:] - xyxy[:, :2]
    empty = TrackerState.empty(4)
    return TrackerState(
        next_track_id=num + 1,
        num_frames=100,
        clock_s=10.0,
        time_s=10.0,
        track_id=np.arange(1, num + 1),
        class_id=np.full(num, class_id),
        motion=motion,
        last_xyxy=xyxy,
        last_seen_s=np.full(num, 10.0 - unseen_s),
        num_hits=np.full(num, num_hits),
        score=np.full(num, 0.9),
        embedding=np.zeros((num, 0)),
        memory=np.zeros((num, *empty.memory.shape[1:]), np.float32),
        memory_time_s=np.full((num, 4), np.nan),
    )


def _match(state: TrackerState, xyxy: np.ndarray, score: float = 0.9, class_id: int = 0) -> list[int]:
    num = len(xyxy)
    detections = Detections(
        frame_index=100,
        time_s=10.0,
        xyxy=xyxy.astype(np.float32),
        score=np.full(num, score, np.float32),
        class_id=np.full(num, class_id, np.int64),
    )
    slots: list[int] = match_tracks(state, detections, step_s=0.04, config=TrackerConfig()).tolist()
    return slots


def test_each_detection_goes_to_the_track_below_it() -> None:
    boxes = np.array([[0.0, 0, 10, 20], [100, 0, 110, 20], [50, 50, 60, 70]])
    assert _match(_state(boxes), boxes[[2, 0, 1]] + 1) == [2, 0, 1]


def test_classes_do_not_match_each_other() -> None:
    assert _match(_state(BOX, class_id=1), BOX) == [-1]


def test_low_detection_continues_only_what_was_just_seen() -> None:
    assert _match(_state(BOX, unseen_s=0.04), BOX, score=0.3) == [0]
    assert _match(_state(BOX, unseen_s=0.5), BOX, score=0.3) == [-1]
    assert _match(_state(BOX, unseen_s=0.5), BOX, score=0.9) == [0]


def test_track_unseen_for_too_long_does_not_match_by_position() -> None:
    assert _match(_state(BOX, unseen_s=TrackerConfig().max_gap_s + 0.1), BOX) == [-1]


def test_reported_track_comes_before_a_tentative_one() -> None:
    both = np.concatenate([BOX, BOX])
    state = _state(both)
    state.num_hits[0] = 1
    assert _match(state, BOX) == [1]


def test_nothing_matches_nothing() -> None:
    none = np.zeros((0, 4))
    assert _match(_state(BOX), none) == []
    assert _match(_state(none), BOX) == [-1]
