"""Optimiser, learning-rate schedule and averaged weights."""

from __future__ import annotations

import copy
import math

import torch
from torch import nn

from mot_model.network import JointNetwork
from mot_platform.training.config import OptimizerConfig


def build_optimizer(modules: nn.ModuleList, config: OptimizerConfig) -> torch.optim.AdamW:
    """Return AdamW that decays kernels only (biases, norms and loss weights keep their size)."""
    parameters = [p for p in modules.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)


def learning_rate(step: int, num_steps: int, config: OptimizerConfig) -> float:
    """Return the rate of `step` (from 0): linear warm-up, then a cosine down to `final_fraction`.

    Examples:
        >>> config = OptimizerConfig(learning_rate=1.0, warmup_steps=10, final_fraction=0.1)
        >>> [round(learning_rate(step, 110, config), 2) for step in (0, 9, 10, 60, 110)]
        [0.1, 1.0, 1.0, 0.55, 0.1]
    """
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    progress = (step - config.warmup_steps) / max(1, num_steps - config.warmup_steps)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return config.learning_rate * (config.final_fraction + (1 - config.final_fraction) * cosine)


class AveragedNetwork:
    """An exponential moving average of the weights and of the norms' statistics.

    The decay warms up with the number of updates, so that a short run is not an average with its own
    beginning.
    """

    def __init__(self, network: JointNetwork, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False).eval()
        self._decay = decay

    @torch.no_grad()
    def update(self, network: JointNetwork, step: int) -> None:
        """Move towards `network`, which has just finished `step` (from 0)."""
        decay = min(self._decay, (1 + step) / (10 + step))
        averages = [*self.network.parameters(), *self.network.buffers()]
        values = [*network.parameters(), *network.buffers()]
        floating = [i for i, value in enumerate(values) if value.is_floating_point()]
        torch._foreach_lerp_([averages[i] for i in floating], [values[i] for i in floating], 1 - decay)
        for i in set(range(len(values))) - set(floating):  # counts of batches seen
            averages[i].copy_(values[i])
