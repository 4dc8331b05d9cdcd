from __future__ import annotations

import numpy as np

from mot_model.association import embedding_distance, match_tracks
from mot_model.structures import Detections
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState

BOX = np.array([[0.0, 0, 10, 20]])


def test_unknown_embedding_is_neutral() -> None:
    known = np.array([[1.0, 0], [0, 0]])
    np.testing.assert_allclose(embedding_distance(known, np.array([[1.0, 0], [-1, 0]])), [[0, 2], [1, 1]])


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


def _match(
    state: TrackerState,
    xyxy: np.ndarray,
    score: float = 0.9,
    class_id: int = 0,
    config: TrackerConfig | None = None,
) -> list[int]:
    num = len(xyxy)
    detections = Detections(
        frame_index=100,
        time_s=10.0,
        xyxy=xyxy.astype(np.float32),
        score=np.full(num, score, np.float32),
        class_id=np.full(num, class_id, np.int64),
    )
    slots: list[int] = match_tracks(state, detections, step_s=0.04, config=config or TrackerConfig()).tolist()
    return slots


def test_each_detection_goes_to_the_track_below_it() -> None:
    boxes = np.array([[0.0, 0, 10, 20], [100, 0, 110, 20], [50, 50, 60, 70]])
    assert _match(_state(boxes), boxes[[2, 0, 1]] + 1) == [2, 0, 1]


def test_classes_match_each_other_only_if_asked() -> None:
    assert _match(_state(BOX, class_id=1), BOX) == [-1]
    assert _match(_state(BOX, class_id=1), BOX, config=TrackerConfig(across_classes=True)) == [0]


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


def test_growth_of_boxes_decides_how_far_a_match_reaches() -> None:
    beside = BOX + np.array([11.0, 0, 11, 0])
    assert _match(_state(BOX), beside, config=TrackerConfig(main_buffer=0.0, main_min_overlap=0.01)) == [-1]
    assert _match(_state(BOX), beside, config=TrackerConfig(main_buffer=0.5, main_min_overlap=0.01)) == [0]


def test_course_decides_between_equal_overlaps() -> None:
    sides = np.concatenate([BOX - np.array([3, 0, 3, 0]), BOX + np.array([3, 0, 3, 0])])
    state = _state(BOX)
    state.motion[0, 1, 0] = 50.0  # moving right
    assert _match(state, sides, config=TrackerConfig(direction_weight=0.2)) == [-1, 0]
    state.motion[0, 1, 0] = -50.0
    assert _match(state, sides, config=TrackerConfig(direction_weight=0.2)) == [0, -1]


def test_size_and_score_decide_between_equal_overlaps() -> None:
    same, taller = BOX + np.array([2.0, 0, 2, 0]), BOX + np.array([2.0, 0, 2, 3])
    config = TrackerConfig(size_change_weight=0.5, height_power=0.0)
    assert _match(_state(BOX), np.concatenate([taller, same]), config=config) == [-1, 0]
    both = np.concatenate([BOX, BOX])
    state = _state(both)
    state.score[0] = 0.6
    assert _match(state, BOX, score=0.65, config=TrackerConfig(score_change_weight=0.3)) == [0]
    assert _match(state, BOX, score=0.95, config=TrackerConfig(score_change_weight=0.3)) == [1]


def test_recovery_looks_where_the_track_was_last_seen() -> None:
    state = _state(BOX, unseen_s=0.2)
    state.motion[0, 0, 0] += 100.0  # the prediction has run away
    assert _match(state, BOX, config=TrackerConfig(recovery_min_overlap=0.3)) == [0]
    assert _match(state, BOX, config=TrackerConfig(recovery_min_overlap=1.0)) == [-1]
