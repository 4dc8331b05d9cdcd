"""Averaging and weight decay; the rate itself is a doctest."""

from __future__ import annotations

import torch
from torch import nn

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.training.config import OptimizerConfig
from mot_platform.training.schedule import AveragedNetwork, build_optimizer, learning_rate


def test_only_kernels_decay() -> None:
    optimizer = build_optimizer(nn.ModuleList([nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)]), OptimizerConfig())
    decayed, free = optimizer.param_groups
    assert [p.ndim for p in decayed["params"]] == [4]
    assert free["weight_decay"] == 0
    assert len(free["params"]) == 3


def test_the_average_follows_closely_at_first_and_slowly_later(tiny_network_config: NetworkConfig) -> None:
    network = JointNetwork(tiny_network_config)
    average = AveragedNetwork(network, decay=0.999)
    weight, averaged = network.backbone.stem.conv.weight, average.network.backbone.stem.conv.weight
    with torch.no_grad():
        weight.fill_(1.0)
        averaged.zero_()
    average.update(network, step=0)
    torch.testing.assert_close(averaged, torch.full_like(averaged, 0.9))
    with torch.no_grad():
        averaged.zero_()
    average.update(network, step=10**6)
    torch.testing.assert_close(averaged, torch.full_like(averaged, 0.001))


def test_the_rate_never_rises_after_warm_up() -> None:
    config = OptimizerConfig(warmup_steps=5)
    rates = [learning_rate(step, 50, config) for step in range(50)]
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
