"""Every arm changes one thing of a configuration that loads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mot_platform.benchmarking.ablation_arms import ARMS, BASE, TRAININGS, arm_config
from mot_platform.config import load_config, shipped_config
from mot_platform.training.config import TrainConfig


def base() -> TrainConfig:
    return load_config(shipped_config("train/ablation.yaml"), TrainConfig)


@pytest.mark.parametrize("training", [name for name, changes in TRAININGS.items() if changes])
def test_a_training_differs_from_the_base_in_one_thing(training: str) -> None:
    joint, other = (arm_config(base(), name, 3) for name in (BASE, training))
    assert joint == replace(base(), seed=3)
    changed = [part for part in ("network", "loss") if getattr(joint, part) != getattr(other, part)]
    assert len(changed) == 1
    assert replace(other, **{part: getattr(joint, part) for part in changed}) == joint


def test_the_longer_training_takes_the_steps_of_three() -> None:
    assert arm_config(base(), "joint-long", 3) == replace(base(), seed=3, steps=3 * base().steps)


def test_every_arm_has_its_trainings() -> None:
    assert {name for arm in ARMS.values() for name in arm.trainings} == set(TRAININGS)
    assert {len(arm.trainings) for arm in ARMS.values()} == {1, 3}
