from __future__ import annotations

import json

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.schema import Vocabulary
from mot_platform.serving.messages import track_records, tracks_of

VOCABULARY = Vocabulary(class_names=("person",), action_ids=(11, 12), action_names=("sit", "stand"))


def two_tracks() -> Tracks:
    random = np.random.default_rng(0)
    return Tracks(
        frame_index=np.full(2, 7, np.int32),
        time_s=np.full(2, 7 / 30),
        track_id=np.array([1, 5], np.int32),
        class_id=np.zeros(2, np.int16),
        xyxy=random.normal(100, 50, (2, 4)).astype(np.float32),
        score=random.random(2).astype(np.float32),
        action_score=np.array([[0.3, 0.9], [0.01, 0.07]], np.float32),
    )


def test_tracks_come_back_from_json_bit_for_bit() -> None:
    tracks = two_tracks()
    sent = {"frame_index": 7, "time_s": 7 / 30, "tracks": track_records(tracks, VOCABULARY)}
    back = tracks_of(json.loads(json.dumps(sent)), VOCABULARY)
    for name in ("frame_index", "time_s", "track_id", "class_id", "xyxy", "score"):
        np.testing.assert_array_equal(getattr(back, name), getattr(tracks, name), err_msg=name)
    assert back.action_score.tolist() == np.array([[0.3, 0.9], [0.0, 0.07]], np.float32).tolist()


def test_actions_come_best_first_and_faint_ones_stay_home() -> None:
    first, second = track_records(two_tracks(), VOCABULARY)
    assert [action["name"] for action in first["actions"]] == ["stand", "sit"]
    assert [action["name"] for action in second["actions"]] == ["stand"]


def test_a_word_of_another_model_is_refused() -> None:
    record = {"frame_index": 0, "time_s": 0.0, "tracks": track_records(two_tracks(), VOCABULARY)}
    with pytest.raises(ValueError, match="not in tuple"):
        tracks_of(record, Vocabulary(class_names=("car",), action_ids=(), action_names=()))


def test_a_frame_without_tracks_is_an_empty_frame() -> None:
    assert len(tracks_of({"frame_index": 0, "time_s": 0.0, "tracks": []}, VOCABULARY)) == 0
