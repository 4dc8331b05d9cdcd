from mot_platform.synth.actions import ACTION_NAMES, EASY_ACTIONS
from mot_platform.synth.plan import MOVEMENT_ACTION


def test_every_movement_has_an_action_with_a_name() -> None:
    assert set(MOVEMENT_ACTION.values()) <= set(ACTION_NAMES)
    assert set(EASY_ACTIONS) <= set(ACTION_NAMES)
