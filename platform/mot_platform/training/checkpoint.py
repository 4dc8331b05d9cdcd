"""A training checkpoint as a folder of safetensors and JSON: everything that a resumed run needs.

`model.safetensors` holds the averaged weights, ready for `--weights`; the raw weights, the loss weights and
the optimiser lie beside it. No pickle.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from mot_platform.training.schedule import AveragedNetwork
from mot_platform.weights import FILE_NAME, save_weights

STATE_FILE = "training.safetensors"
PROGRESS_FILE = "progress.json"


def save_checkpoint(
    folder: Path,
    *,
    modules: nn.ModuleDict,
    average: AveragedNetwork,
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    """Write a checkpoint after `step` finished steps.

    Args:
        folder: Existing folder to write into.
        modules: What is trained, by name.
        average: The averaged network.
        optimizer: Its moments and step counts.
        step: Optimiser steps finished.
    """
    save_weights(folder / FILE_NAME, average.network)
    tensors = {f"modules.{name}": tensor for name, tensor in modules.state_dict().items()}
    for index, slots in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{slot}": tensor for slot, tensor in slots.items()}
    save_file(
        {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}, folder / STATE_FILE
    )
    (folder / PROGRESS_FILE).write_text(json.dumps({"step": step}))


def load_checkpoint(
    folder: Path, *, modules: nn.ModuleDict, average: AveragedNetwork, optimizer: torch.optim.Optimizer
) -> int:
    """Restore everything in place and return the number of finished steps."""
    tensors = load_file(folder / STATE_FILE)
    modules.load_state_dict(_below(tensors, "modules."))
    average.network.load_state_dict(load_file(folder / FILE_NAME))
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _below(tensors, "optimizer.").items():
        index, slot = name.split(".")
        slots.setdefault(int(index), {})[slot] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})
    _lay_out_like_parameters(optimizer)
    progress: dict[str, Any] = json.loads((folder / PROGRESS_FILE).read_text())
    return int(progress["step"])


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose name begins with `prefix`, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _lay_out_like_parameters(optimizer: torch.optim.Optimizer) -> None:
    """Give each moment the memory layout of its parameter.

    Fused optimisers walk both in memory order: with a channels-last kernel and a moment that was loaded row
    by row they would mix up the elements, without a word.
    """
    for parameter, slots in optimizer.state.items():
        for name, slot in slots.items():
            if slot.shape == parameter.shape:
                slots[name] = torch.empty_like(parameter).copy_(slot)
