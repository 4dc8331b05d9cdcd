from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch

from mot_platform.training.clip_loading import clip_numbers, load_clips
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.ray_loading import load_clips_on_ray

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own deprecations


def test_actors_give_the_batches_of_the_training_process(tiny_corpus, tiny_network_config, local_ray) -> None:
    data = DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=3, loader_processes=2)
    config = TrainConfig(network=tiny_network_config, data=data, steps=13, clips_per_step=4)
    numbers = clip_numbers(config, step=2, rank=1, world_size=2)
    alone = replace(config, data=replace(data, loader_processes=0))
    here = load_clips(alone, numbers, pin_memory=False)
    found = 0
    for one, other in zip(here, load_clips_on_ray(config, numbers), strict=True):
        found += 1
        for field in fields(one):
            assert torch.equal(getattr(one, field.name), getattr(other, field.name)), field.name
    assert found == 11
    assert list(load_clips_on_ray(config, [])) == []
