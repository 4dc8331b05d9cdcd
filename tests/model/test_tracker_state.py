from __future__ import annotations

import numpy as np

from mot_model.tracker_state import TrackerState


def _extended(state: TrackerState, num: int) -> TrackerState:
    return state.extended(
        track_id=state.next_track_id + np.arange(num),
        class_id=np.zeros(num, np.int64),
        motion=np.ones((num, 5, 4)),
        last_xyxy=np.ones((num, 4)),
        last_seen_s=np.zeros(num),
        num_hits=np.ones(num, np.int64),
        score=np.ones(num),
        embedding=np.zeros((num, 0)),
        memory=np.zeros((num, 4, 0), np.float32),
        memory_time_s=np.full((num, 4), np.nan),
    )


def test_new_tracks_come_last_and_move_the_next_id() -> None:
    state = _extended(_extended(TrackerState.empty(4), 2), 3)
    assert state.track_id.tolist() == [1, 2, 3, 4, 5]
    assert state.next_track_id == 6


def test_dropped_tracks_leave_every_array_and_their_ids_stay_used() -> None:
    state = _extended(TrackerState.empty(4), 3).kept(np.array([True, False, True]))
    assert state.track_id.tolist() == [1, 3]
    assert state.next_track_id == 4
    assert {
        len(a) for a in (state.class_id, state.motion, state.last_xyxy, state.memory, state.embedding)
    } == {2}


def test_old_state_stays_as_it_was() -> None:
    before = _extended(TrackerState.empty(4), 2)
    after = _extended(before, 1)
    assert len(before) == 2
    assert len(after) == 3
    assert before.next_track_id == 3
