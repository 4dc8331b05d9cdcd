import itertools

import numpy as np
import pytest

from mot_platform.synth.actions import SIT, STAND, WALK, WAVE
from mot_platform.synth.looks import random_looks
from mot_platform.synth.motion import Style
from mot_platform.synth.plan import Act, Actor


def _act(movement: str, start_s: float, stop_s: float, **changes: object) -> Act:
    fields = {"style": Style(), "start_xz": (0.0, 8.0), "stop_xz": (0.0, 8.0), "yaw": 0.0, "blend_s": 0.4}
    return Act(movement=movement, start_s=start_s, stop_s=stop_s, **(fields | changes))  # type: ignore[arg-type]


def _actor(*acts: Act) -> Actor:
    return Actor(track_id=1, looks=random_looks(np.random.default_rng(0)), acts=acts)


def test_actions_change_in_the_middle_of_the_blend() -> None:
    actor = _actor(_act("stand", 0, 2), _act("sit_chair", 2, 4))
    assert [actor.at(t).action_ids for t in (1.9, 2.1, 2.3, 3.9)] == [(STAND,), (STAND,), (SIT,), (SIT,)]


def test_pose_and_direction_are_continuous_between_acts() -> None:
    actor = _actor(_act("stand", 0, 2, yaw=3.0), _act("bend", 2, 4, yaw=-3.0))
    moments = [actor.at(t) for t in np.arange(1.5, 3.0, 0.01)]
    assert max(np.abs(b.pose - a.pose).max() for a, b in itertools.pairwise(moments)) < 0.12
    turns = [abs((b.yaw - a.yaw + np.pi) % (2 * np.pi) - np.pi) for a, b in itertools.pairwise(moments)]
    assert max(turns) < 0.05


def test_walker_is_half_way_in_the_middle_and_waves_meanwhile() -> None:
    actor = _actor(_act("walk", 0, 4, stop_xz=(4.0, 8.0), wave_style=Style()))
    moment = actor.at(2.0)
    assert moment.xz == pytest.approx((2.0, 8.0))
    assert moment.speed == pytest.approx(1.0)
    assert moment.action_ids == (WALK, WAVE)


def test_last_act_goes_on_after_its_end() -> None:
    assert _actor(_act("stand", 0, 1)).at(99.0).action_ids == (STAND,)
