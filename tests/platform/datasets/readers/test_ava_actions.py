"""The list of AVA actions is whole."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.ava_actions import AVA_ACTIONS
from mot_platform.formats.ava import read_action_list
from mot_platform.synth.actions import ACTION_NAMES


def test_the_list_is_whole_and_agrees_with_the_others() -> None:
    assert len(AVA_ACTIONS) == len(set(AVA_ACTIONS.values())) == 80
    assert ACTION_NAMES.items() <= AVA_ACTIONS.items()


@pytest.mark.real_data
def test_it_is_the_list_of_the_challenge(shared_data) -> None:
    folder = shared_data / "ava" / "activitynet_eval_labels"
    assert read_action_list(next(folder.glob("*.pbtxt"))).items() <= AVA_ACTIONS.items()
