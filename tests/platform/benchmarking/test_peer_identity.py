"""Identities for the boxes of a peer."""

from __future__ import annotations

import numpy as np

from mot_model.structures import Detections
from mot_platform.benchmarking.own_trackers import YARDSTICK
from mot_platform.benchmarking.peer_identity import ContestantIdentifier, NamelessIdentifier


def frame(index: int, scores: list[float]) -> Detections:
    """Return objects side by side, that stand still, and what two actions score."""
    left = 100.0 * np.arange(len(scores))
    return Detections(
        frame_index=index,
        time_s=index / 10,
        xyxy=np.stack([left, left * 0, left + 50, left * 0 + 90], axis=1).astype(np.float32),
        score=np.array(scores, np.float32),
        class_id=np.zeros(len(scores), np.int64),
        action_feature=np.full((len(scores), 2), 0.25, np.float32),
    )


def test_a_tracker_of_others_keeps_ids_and_begins_anew_with_each_stream() -> None:
    identifier = ContestantIdentifier(YARDSTICK, score_floor=0.1)
    for _ in range(2):
        state = identifier.initial_state()
        for index in range(3):
            state, tracks = identifier.step(state, frame(index, [0.9, 0.8, 0.05]))
            assert tracks.track_id.tolist() == [2, 3]  # ids of some libraries begin with 0
            assert tracks.frame_index.tolist() == [index, index]
            assert tracks.action_score.shape == (2, 0)


def test_without_identity_every_box_is_somebody_else() -> None:
    identifier = NamelessIdentifier()
    state = identifier.initial_state()
    ids = []
    for index in range(3):
        state, tracks = identifier.step(state, frame(index, [0.9, 0.005]))
        ids += tracks.track_id.tolist()
        np.testing.assert_allclose(tracks.score, [0.9, 0.005])
        np.testing.assert_allclose(tracks.action_score, 0.25)
    assert ids == [1, 2, 3, 4, 5, 6]
