"""Who takes part in the comparison of joint networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_platform.benchmarking.joint_participants import own_participant, peer_participant
from mot_platform.benchmarking.peer_training import Budget
from mot_platform.errors import InputError
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.preparation import with_words

BUDGET = Budget(limit_s=0.2)


@pytest.fixture
def config(tiny_corpus: Path) -> TrainConfig:
    source = SourceConfig(root=str(tiny_corpus))
    network = NetworkConfig(input_wh=(64, 32))
    return with_words(TrainConfig(network=network, data=DataConfig(sources=(source,), clip_frames=16)))


def test_ours_comes_with_our_tracker(untrained_weights: Path) -> None:
    ours = own_participant(str(untrained_weights), input_wh=(160, 96), threads=1)
    assert list(ours.identifiers) == ["our tracker"]
    assert ours.action_names == ("sit", "stand")
    assert ours.training is None
    assert ours.num_parameters > 100_000
    with pytest.raises(InputError, match="take --size 160x96"):
        own_participant(str(untrained_weights), input_wh=(320, 192), threads=1)


def test_a_peer_is_trained_once(config: TrainConfig, tmp_path: Path) -> None:
    first, again = (peer_participant("clip", config, budget=BUDGET, out=tmp_path) for _ in range(2))
    assert first.training == again.training
    assert not first.tells_identity
    with pytest.raises(InputError, match="another --out"):
        peer_participant("clip", replace(config, seed=7), budget=BUDGET, out=tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("resnet", "no such peer", id="unknown"),
        pytest.param("clip", "no actions", id="nothing to learn for it"),
    ],
)
def test_who_can_not_take_part_is_told_why(
    name: str, words: str, config: TrainConfig, tmp_path: Path
) -> None:
    silent = replace(config, network=replace(config.network, action_ids=(), action_names=()))
    with pytest.raises(InputError, match=words):
        peer_participant(name, silent, budget=BUDGET, out=tmp_path)
