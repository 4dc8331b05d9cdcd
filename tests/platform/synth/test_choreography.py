import itertools

import numpy as np
import pytest

from mot_platform.synth.choreography import invent_acts
from mot_platform.synth.difficulty import DIFFICULTIES, DifficultyName
from mot_platform.synth.plan import MOVEMENT_ACTION
from mot_platform.synth.stage import make_stage


@pytest.mark.parametrize("name", DIFFICULTIES)
def test_acts_follow_each_other_and_use_the_actions_of_the_grade(name: DifficultyName) -> None:
    difficulty = DIFFICULTIES[name]
    seen = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        stage = make_stage(rng, size_wh=(320, 192), height_range=(0.2, 0.6), reach_px=20)
        acts = invent_acts(rng, stage=stage, repertoire=difficulty.repertoire, duration_s=20.0)
        assert acts[0].start_s <= 0
        assert acts[-1].stop_s >= 20.0
        for before, after in itertools.pairwise(acts):
            assert before.stop_s == after.start_s
            assert before.start_s < before.stop_s
        seen |= {MOVEMENT_ACTION[act.movement] for act in acts}
    assert seen == set(difficulty.action_ids) & set(MOVEMENT_ACTION.values())


def test_somebody_leaves_and_comes_back() -> None:
    difficulty = DIFFICULTIES["default"]
    returns = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        stage = make_stage(rng, size_wh=(320, 192), height_range=(0.2, 0.6), reach_px=0)
        acts = invent_acts(rng, stage=stage, repertoire=difficulty.repertoire, duration_s=40.0)
        outside = [abs(act.start_xz[0]) > stage.half_width_m(act.start_xz[1]) for act in acts[1:-1]]
        returns += any(outside)
    assert returns >= 5
