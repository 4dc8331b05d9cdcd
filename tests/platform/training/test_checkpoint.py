"""A checkpoint restores everything, by value."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from mot_model.losses import MultiTaskLoss
from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.training.checkpoint import load_checkpoint, save_checkpoint
from mot_platform.training.config import OptimizerConfig
from mot_platform.training.schedule import AveragedNetwork, build_optimizer


def parts(config: NetworkConfig) -> tuple[nn.ModuleDict, AveragedNetwork, torch.optim.AdamW]:
    network = JointNetwork(config)
    modules = nn.ModuleDict({"network": network, "loss": MultiTaskLoss()})
    optimizer = build_optimizer(nn.ModuleList(modules.values()), OptimizerConfig())
    for parameter in modules.parameters():
        parameter.grad = torch.randn_like(parameter)
    optimizer.step()
    return modules, AveragedNetwork(network, 0.9), optimizer


def test_modules_average_and_optimizer_come_back(tiny_network_config: NetworkConfig, tmp_path: Path) -> None:
    modules, average, optimizer = parts(tiny_network_config)
    save_checkpoint(tmp_path, modules=modules, average=average, optimizer=optimizer, step=7)
    others = parts(tiny_network_config)
    assert load_checkpoint(tmp_path, modules=others[0], average=others[1], optimizer=others[2]) == 7
    for name, tensor in modules.state_dict().items():
        assert torch.equal(tensor, others[0].state_dict()[name])
    for name, tensor in average.network.state_dict().items():
        assert torch.equal(tensor, others[1].network.state_dict()[name])
    restored = others[2].state_dict()["state"]
    for index, slots in optimizer.state_dict()["state"].items():
        for slot, tensor in slots.items():
            assert torch.equal(tensor, restored[index][slot])


def test_nothing_in_a_checkpoint_is_a_pickle(tiny_network_config: NetworkConfig, tmp_path: Path) -> None:
    modules, average, optimizer = parts(tiny_network_config)
    save_checkpoint(tmp_path, modules=modules, average=average, optimizer=optimizer, step=1)
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}
