"""Stepping a training: it learns, and a restored one goes on as if it had never stopped (P7)."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch

from mot_model.network import NetworkConfig
from mot_platform.training.config import DataConfig, OptimizerConfig, SourceConfig, TrainConfig
from mot_platform.training.session import TrainingSession, autocast_dtype, mean_of
from mot_platform.weights import load_network


@pytest.fixture
def config(tiny_corpus: Path, tiny_network_config: NetworkConfig) -> TrainConfig:
    return TrainConfig(
        network=tiny_network_config,
        data=DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=3),
        optimizer=OptimizerConfig(warmup_steps=2),
        steps=8,
        clips_per_step=2,
        precision="float32",
    )


def session(config: TrainConfig) -> TrainingSession:
    return TrainingSession(config, device=torch.device("cpu"))


def losses(running: TrainingSession, num_steps: int, *, name: str = "loss/total") -> list[float]:
    return [step[name] for step in islice(running.run(), num_steps)]


def test_a_resumed_training_repeats_the_uninterrupted_one(config: TrainConfig, tmp_path: Path) -> None:
    whole = losses(session(config), 8)
    first = session(config)
    begun = losses(first, 5)
    first.save(tmp_path)
    second = session(config)
    second.restore(tmp_path)
    assert second.step == 5
    assert begun + losses(second, 8) == pytest.approx(whole, abs=1e-6)


def test_a_checkpoint_is_usable_weights(config: TrainConfig, tmp_path: Path) -> None:
    running = session(config)
    losses(running, 2)
    running.save(tmp_path)
    loaded = load_network(tmp_path / "model.safetensors")
    assert loaded.config == config.network
    for name, tensor in running.average.network.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])


def test_a_training_begins_with_given_weights(config: TrainConfig, tmp_path: Path) -> None:
    taught = session(config)
    losses(taught, 4)
    taught.save(tmp_path)
    given = load_network(tmp_path / "model.safetensors").state_dict()
    begun = session(config)
    begun.begin_with(tmp_path / "model.safetensors")
    (tmp_path / "begun").mkdir()
    begun.save(tmp_path / "begun")
    for name, tensor in load_network(tmp_path / "begun" / "model.safetensors").state_dict().items():
        assert torch.equal(tensor, given[name])
    assert losses(begun, 1)[0] != losses(session(config), 1)[0]


def test_training_reports_every_loss_and_rate(config: TrainConfig) -> None:
    (step,) = islice(session(config).run(), 1)
    assert {"loss/total", "loss/score", "loss/identity", "loss/action_track"} <= set(step)
    assert {"learning_rate", "gradient_norm", "step_seconds", "task_weight/action"} <= set(step)


def test_losses_fall(config: TrainConfig) -> None:
    seen = losses(session(replace(config, steps=24)), 24, name="loss/score")  # the total also holds weights
    assert sum(seen[-4:]) < 0.8 * sum(seen[:4])


def test_shares_must_be_whole(config: TrainConfig) -> None:
    with pytest.raises(ValueError, match="divide by 3"):
        TrainingSession(config, device=torch.device("cpu"), world_size=3)


def test_precision_follows_the_hardware_only_when_left_to_it() -> None:
    cpu = torch.device("cpu")
    assert autocast_dtype("float32", cpu) is None
    assert autocast_dtype("bfloat16", cpu) is torch.bfloat16
    abilities = torch.cpu.get_capabilities()
    has_bfloat16 = bool(abilities.get("avx512_bf16") or abilities.get("amx_bf16"))
    assert (autocast_dtype("auto", cpu) is torch.bfloat16) == has_bfloat16


def test_the_mean_is_per_metric() -> None:
    assert mean_of([{"a": 1.0, "b": 4.0}, {"a": 3.0, "b": 0.0}]) == {"a": 2.0, "b": 2.0}
    assert mean_of([]) == {}
