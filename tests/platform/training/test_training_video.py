from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mot_model.network import NetworkConfig
from mot_platform.training.training_video import training_video


@pytest.fixture
def network() -> NetworkConfig:
    return NetworkConfig(
        class_names=("bicycle", "person"), action_ids=(1, 2, 3), action_names=("stand", "run", "sit")
    )


def test_words_match_by_name_and_unknown_classes_are_left_out(labelled_source, network) -> None:
    found = training_video(labelled_source, labelled_source.videos[0], "train", network)
    assert found.boxes.class_id.tolist() == [1, 1]
    assert found.boxes.track_id.tolist() == [7, 7]
    assert found.boxes.action.tolist() == [[True, False, True], [False, False, False]]
    assert found.known_actions.tolist() == [True, False, True]
    assert found.complete_classes.tolist() == [False, True]
    assert [(part.start_frame, part.stop_frame) for part in found.ranges] == [(0, 6)]


def test_a_network_without_actions_learns_none(labelled_source) -> None:
    found = training_video(labelled_source, labelled_source.videos[0], "train", NetworkConfig())
    assert found.boxes.action.shape == (2, 0)


def test_a_missing_video_is_no_training_video(labelled_source, network) -> None:
    with pytest.raises(ValueError, match="missing"):
        training_video(labelled_source, labelled_source.videos[1], "train", network)
    bare = replace(labelled_source, class_names=("car", "person"), complete_classes=())
    found = training_video(bare, labelled_source.videos[0], "val", network)
    assert found.boxes.class_id.tolist() == [1]
    assert not np.any(found.complete_classes)
