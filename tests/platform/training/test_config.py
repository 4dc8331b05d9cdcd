"""Impossible training settings are refused by name."""

from __future__ import annotations

import pytest

from mot_platform.errors import InputError
from mot_platform.training.config import (
    AugmentationConfig,
    DataConfig,
    SourceConfig,
    TrainConfig,
    parse_workers,
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: TrainConfig(steps=0), "steps", id="no steps"),
        pytest.param(lambda: TrainConfig(clips_per_step=3, workers=2), "by 2", id="uneven shares"),
        pytest.param(lambda: TrainConfig(clips_per_step=4, workers=(1, 4)), "by 3", id="uneven in the range"),
        pytest.param(
            lambda: TrainConfig(clips_per_step=6, workers=2, data=DataConfig(pairs=True)),
            "divide by twice every number",
            id="half a pair",
        ),
        pytest.param(lambda: TrainConfig(workers=(2, 1)), "rising pair", id="falling range of workers"),
        pytest.param(lambda: TrainConfig(workers=0), "at least 1", id="nobody"),
        pytest.param(lambda: TrainConfig(gpus_per_worker=-1), "gpus_per_worker", id="negative GPUs"),
        pytest.param(lambda: parse_workers("1-4"), "such as 1:4", id="unreadable workers"),
        pytest.param(lambda: DataConfig(clip_frames=0), "clip_frames", id="no frames"),
        pytest.param(lambda: SourceConfig(root="a", weight=0), "weight of a", id="no weight"),
        pytest.param(lambda: AugmentationConfig(scale_range=(2, 1)), "scale_range", id="falling range"),
        pytest.param(lambda: AugmentationConfig(gain_range=(0, 1)), "gain_range", id="black"),
    ],
)
def test_impossible_settings_are_named(make: object, message: str) -> None:
    with pytest.raises((ValueError, InputError), match=message):
        make()  # type: ignore[operator]
