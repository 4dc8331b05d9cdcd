"""Weights to begin with: pinned by their digest, taken over where they fit."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.errors import InputError
from mot_platform.registry import file_digest
from mot_platform.training.config import TrainConfig
from mot_platform.training.initial_weights import take_over, with_pinned_weights
from mot_platform.training.preparation import claim
from mot_platform.weights import load_network, save_weights


@pytest.fixture
def config(tiny_network_config: NetworkConfig, untrained_weights: Path) -> TrainConfig:
    return TrainConfig(network=tiny_network_config, weights=str(untrained_weights))


def with_three_actions(network: NetworkConfig) -> NetworkConfig:
    return replace(network, action_ids=(11, 12, 14), action_names=("sit", "stand", "walk"))


def test_a_run_belongs_to_the_weights_it_began_with(
    config: TrainConfig, tiny_network_config: NetworkConfig, tmp_path: Path
) -> None:
    pinned = with_pinned_weights(config)
    assert pinned.weights_digest == file_digest(Path(config.weights or ""))
    assert with_pinned_weights(pinned) == pinned
    claim(tmp_path / "run", pinned)
    other = tmp_path / "other.safetensors"
    save_weights(other, JointNetwork(tiny_network_config))
    with pytest.raises(InputError, match=r"another configuration \(weights, weights_digest\)"):
        claim(tmp_path / "run", with_pinned_weights(replace(config, weights=str(other))))
    with pytest.raises(InputError, match=r"has digest .*, not .*: other weights"):
        with_pinned_weights(replace(pinned, weights=str(other)))


def test_without_weights_nothing_is_pinned(config: TrainConfig) -> None:
    alone = replace(config, weights=None)
    assert with_pinned_weights(alone) == alone


def test_weights_of_another_size_are_refused(config: TrainConfig) -> None:
    with pytest.raises(InputError, match=r"is of size pico, network\.size is nano"):
        with_pinned_weights(replace(config, network=replace(config.network, size="nano")))


def test_what_does_not_fit_is_named_and_begins_at_random(
    config: TrainConfig, untrained_weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with_pinned_weights(config)
    assert caplog.messages == []
    network = with_three_actions(config.network)
    with_pinned_weights(replace(config, network=network))
    (line,) = caplog.messages
    assert "4 of " in line
    assert "heads.action_logit.bias" in line
    begun, given = JointNetwork(network), load_network(untrained_weights).state_dict()
    drawn = begun.heads.action_logit.weight.clone()  # type: ignore[union-attr,operator]
    take_over(begun, untrained_weights)
    assert torch.equal(begun.heads.action_logit.weight, drawn)  # type: ignore[union-attr,arg-type]
    assert torch.equal(begun.backbone.stem.conv.weight, given["backbone.stem.conv.weight"])
