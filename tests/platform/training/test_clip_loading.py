from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch

from mot_platform.training.clip_loading import clip_numbers, load_clips
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig


@pytest.fixture
def config(tiny_corpus, tiny_network_config) -> TrainConfig:
    data = DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=3)
    return TrainConfig(network=tiny_network_config, data=data, steps=5, clips_per_step=4)


def test_any_number_of_workers_shares_the_clips_of_each_step(config) -> None:
    for world_size in (1, 2, 4):
        shares = [clip_numbers(config, step=3, rank=r, world_size=world_size) for r in range(world_size)]
        by_step = [sorted(n for share in step for n in share) for step in zip(*shares, strict=True)]
        assert by_step == [[12, 13, 14, 15], [16, 17, 18, 19]]


def test_processes_beside_give_the_same_batches(config) -> None:
    numbers = clip_numbers(config, step=2)
    here = list(load_clips(config, numbers, pin_memory=False))
    aside = replace(config, data=replace(config.data, loader_processes=1))
    for one, other in zip(here, load_clips(aside, numbers, pin_memory=False), strict=True):
        for field in fields(one):
            assert torch.equal(getattr(one, field.name), getattr(other, field.name))
