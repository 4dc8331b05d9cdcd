"""The stages of a run cover its steps and clips without gap or overlap."""

from __future__ import annotations

import pytest

from mot_model.network import NetworkConfig
from mot_platform.training.clip_loading import clip_numbers
from mot_platform.training.config import StageConfig, TrainConfig
from mot_platform.training.stages import stages_of

SMALL_FIRST = TrainConfig(
    network=NetworkConfig(input_wh=(320, 192)),
    stages=(
        StageConfig(steps=5, input_wh=(160, 96), clips_per_step=8),
        StageConfig(steps=3, input_wh=(224, 128)),
    ),
    steps=12,
    clips_per_step=4,
)


def test_every_step_has_its_own_clips_at_its_own_size() -> None:
    stages = stages_of(SMALL_FIRST)
    assert [stage.input_wh for stage in stages] == [(160, 96), (224, 128), (320, 192)]
    assert [step for stage in stages for step in stage.steps] == list(range(12))
    clips = [clip for stage in stages for step in stage.steps for clip in stage.clips_of(step)]
    assert clips == list(range(5 * 8 + 3 * 4 + 4 * 4))


@pytest.mark.parametrize("step", [0, 4, 5, 9])
def test_workers_share_the_clips_of_a_step_and_resume_anywhere(step: int) -> None:
    whole = clip_numbers(SMALL_FIRST, step=0)[step:]
    shares = [clip_numbers(SMALL_FIRST, step=step, rank=rank, world_size=2) for rank in range(2)]
    assert [[*first, *second] for first, second in zip(*shares, strict=True)] == [
        list(part) for part in whole
    ]


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        pytest.param(
            (StageConfig(steps=12, input_wh=(64, 64)),), "must leave some of the 12", id="no steps left"
        ),
        pytest.param(
            (StageConfig(steps=1, input_wh=(64, 64), clips_per_step=3),),
            "clips_per_step 3 must divide",
            id="uneven",
        ),
    ],
)
def test_impossible_stages_are_refused(stages, message) -> None:
    with pytest.raises(ValueError, match=message):
        TrainConfig(stages=stages, steps=12)


def test_a_size_that_the_network_cannot_take_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 32"):
        StageConfig(steps=1, input_wh=(100, 64))
