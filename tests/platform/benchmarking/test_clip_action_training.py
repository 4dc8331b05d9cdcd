"""The clip model's training under our clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from mot_model.network import NetworkConfig
from mot_platform.benchmarking.clip_action_training import (
    BATCH_CLIPS,
    at_beginning,
    key_clips,
    load_clip_model,
    save_clip_model,
    train_clip_model,
)
from mot_platform.benchmarking.peer_training import Budget
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig


def config_of(corpus: Path) -> TrainConfig:
    network = NetworkConfig(input_wh=(64, 32), action_ids=(11, 12), action_names=("sit", "stand"))
    sources = (SourceConfig(root=str(corpus)),)
    return TrainConfig(network=network, data=DataConfig(sources=sources, clip_frames=16))


def test_a_training_ends_by_the_clock_and_its_weights_come_back(tiny_corpus: Path, tmp_path: Path) -> None:
    network, record = train_clip_model(config_of(tiny_corpus), budget=Budget(limit_s=0.5))
    assert record.samples >= BATCH_CLIPS
    assert np.isfinite(record.losses).all()
    save_clip_model(tmp_path / "clip.safetensors", network)
    loaded = load_clip_model(tmp_path / "clip.safetensors", num_actions=2)
    pixels = torch.randint(0, 256, (1, 16, 32, 64, 3), dtype=torch.uint8)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(pixels).action_logit, network(pixels).action_logit)


def test_a_clip_at_the_beginning_repeats_its_first_frame(tiny_corpus: Path) -> None:
    clip = key_clips(config_of(tiny_corpus), seed=0)[0]
    early = at_beginning(clip, np.random.default_rng(0))
    first = int(np.random.default_rng(0).integers(1, 16))
    assert len(clip.pixels) == 16
    assert (early.pixels[: first + 1] == clip.pixels[first]).all()
    np.testing.assert_array_equal(early.pixels[first:], clip.pixels[first:])
    np.testing.assert_array_equal(early.xyxy, clip.xyxy)
