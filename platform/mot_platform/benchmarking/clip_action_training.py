"""The clip model trained from scratch for a given time, on the very clips that our network is trained on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from mot_model.clip import ClipBatch
from mot_platform.benchmarking.clip_action_loss import clip_action_loss, key_frames
from mot_platform.benchmarking.clip_action_network import CLIP_FRAMES, ClipActionNetwork
from mot_platform.benchmarking.peer_training import Budget, TrainingClock, TrainingRecord
from mot_platform.training.clip_dataset import ClipDataset
from mot_platform.training.clips import Clip, collate
from mot_platform.training.config import TrainConfig

BATCH_CLIPS = 4
LEARNING_RATE = 2e-3
FINAL_FRACTION = 0.02
WARMUP_SHARE = 0.03
WEIGHT_DECAY = 5e-4
GRADIENT_CLIP = 10.0
EMA_DECAY = 0.998
EARLY_SHARE = 0.15
"""Clips that are shown as if the video had just begun: what lies before it repeats the first frame."""


def train_clip_model(config: TrainConfig, *, budget: Budget) -> tuple[ClipActionNetwork, TrainingRecord]:
    """Return the averaged weights of a clip model, and how its training went.

    Args:
        config: Sources, size of the input, actions, and augmentation.
        budget: Time and threads.

    Raises:
        InputError: if there is nothing to train on.
    """
    torch.manual_seed(budget.seed)
    torch.set_num_threads(budget.threads)
    network = ClipActionNetwork(len(config.network.action_ids))
    average = torch.optim.swa_utils.AveragedModel(network, avg_fn=_average, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    batches = clip_batches(key_clips(config, seed=budget.seed), seed=budget.seed)
    clock = TrainingClock(budget=budget)
    network.train()
    while clock.seconds < budget.limit_s:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate_at(clock.progress)
        loss = train_step(network, optimizer, next(batches))
        average.update_parameters(network)
        clock.count(BATCH_CLIPS, loss)
    network.load_state_dict(average.module.state_dict())
    return network.eval(), clock.record()


def train_step(network: ClipActionNetwork, optimizer: torch.optim.Optimizer, clips: ClipBatch) -> float:
    """Take one step and return the loss before it."""
    optimizer.zero_grad()
    loss = clip_action_loss(network(clips.pixels), key_frames(clips))
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_CLIP)
    optimizer.step()
    return float(loss.detach())


def rate_at(progress: float) -> float:
    """Return the learning rate relative to its peak: a short rise, then a cosine down to `FINAL_FRACTION`.

    Examples:
        >>> [round(rate_at(progress), 2) for progress in (0.0, 0.03, 1.0)]
        [0.02, 1.0, 0.02]
    """
    if progress < WARMUP_SHARE:
        return FINAL_FRACTION + (1 - FINAL_FRACTION) * progress / WARMUP_SHARE
    left = 0.5 * (1 + math.cos(math.pi * (progress - WARMUP_SHARE) / (1 - WARMUP_SHARE)))
    return FINAL_FRACTION + (1 - FINAL_FRACTION) * left


def _average(averaged: torch.Tensor, value: torch.Tensor, num_averaged: torch.Tensor | int) -> torch.Tensor:
    """Return an exponential average whose decay warms up, as that of our network does."""
    decay = min(EMA_DECAY, (1 + float(num_averaged)) / (10 + float(num_averaged)))
    return value + (averaged - value) * decay if value.is_floating_point() else value


def key_clips(config: TrainConfig, *, seed: int) -> ClipDataset:
    """Return the stream of training clips that `config` describes, as long as this model wants them.

    Raises:
        InputError: if there is nothing to train on.
    """
    data = replace(config.data, clip_frames=CLIP_FRAMES, strides=(1,), reverse_probability=0.0)
    return ClipDataset(replace(config, data=data, seed=seed))


def clip_batches(clips: ClipDataset, *, seed: int) -> Iterator[ClipBatch]:
    """Yield batches without end; the last frame of each clip is the key frame."""
    random = np.random.default_rng(seed)
    for first in itertools.count(0, BATCH_CLIPS):
        chosen = (clips[number] for number in range(first, first + BATCH_CLIPS))
        yield collate([at_beginning(c, random) if random.random() < EARLY_SHARE else c for c in chosen])


def at_beginning(clip: Clip, random: np.random.Generator) -> Clip:
    """Return the clip as if its video had begun somewhere in it: frames before repeat the first one."""
    pixels = clip.pixels.copy()
    first = int(random.integers(1, len(pixels)))
    pixels[:first] = pixels[first]
    return replace(clip, pixels=pixels)


def save_clip_model(path: Path, network: ClipActionNetwork) -> None:
    """Write the weights of a clip model."""
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)


def load_clip_model(path: Path, *, num_actions: int) -> ClipActionNetwork:
    """Return the clip model with the weights in `path`."""
    network = ClipActionNetwork(num_actions)
    network.load_state_dict(load_file(path))
    return network.eval()
