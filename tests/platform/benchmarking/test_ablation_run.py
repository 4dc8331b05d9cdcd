"""Arms are trained once, and scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.benchmarking.ablation_arms import ARMS, arm_config
from mot_platform.benchmarking.ablation_run import (
    arm_engine,
    arm_result,
    figures,
    train_alone,
)
from mot_platform.corpus import LabelledVideo, read_corpus
from mot_platform.errors import InputError
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.weights import FILE_NAME, load_network, save_weights


@pytest.fixture
def videos(tiny_corpus: Path) -> list[LabelledVideo]:
    return [replace(video, frames=range(4)) for video in read_corpus(tiny_corpus)[:1]]


@pytest.fixture
def folders(tiny_network_config: NetworkConfig, tmp_path: Path) -> list[Path]:
    """Return the weights of three networks that have learnt nothing but see things everywhere."""
    made = [tmp_path / name for name in ("detection", "identity", "action")]
    for seed, folder in enumerate(made):
        torch.manual_seed(seed)
        network = JointNetwork(tiny_network_config)
        torch.nn.init.normal_(network.heads.one_to_one.score.weight, std=0.5)
        torch.nn.init.constant_(network.heads.one_to_one.score.bias, 2.0)
        folder.mkdir()
        save_weights(folder / FILE_NAME, network)
    return made


def test_a_training_of_one_task_leaves_weights_and_is_not_done_again(
    tiny_corpus: Path, tiny_network_config: NetworkConfig, tmp_path: Path
) -> None:
    base = TrainConfig(
        network=tiny_network_config,
        data=DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=3),
        steps=2,
        clips_per_step=1,
        workers=1,
    )
    said: list[str] = []
    config, folder = arm_config(base, "identity", 1), tmp_path / "identity"
    train_alone(config, folder, said.append)
    before = (folder / FILE_NAME).stat()
    train_alone(config, folder, said.append)
    assert (folder / FILE_NAME).stat() == before
    assert len(said) == 1
    with pytest.raises(InputError, match=r"another configuration \(loss.tasks"):
        train_alone(arm_config(base, "action", 1), folder, said.append)


def test_the_whole_of_three_networks_counts_and_is_scored(
    folders: list[Path], videos: list[LabelledVideo]
) -> None:
    joint = arm_result(ARMS["joint"], folders[:1], videos)
    separate = arm_result(ARMS["separate"], folders, videos)
    assert {"HOTA", "IDF1", "MOTA", "action_mAP"} <= set(separate.figures)
    assert separate.figures["detection_AP50"] == joint.figures["detection_AP50"], "boxes of the same network"
    assert 2 < separate.num_parameters / joint.num_parameters < 3


def test_actions_are_read_as_the_arm_says(folders: list[Path], videos: list[LabelledVideo]) -> None:
    arm = ARMS["memory-off"]
    found = figures(arm, arm_engine(arm, [load_network(folders[0] / FILE_NAME)]), videos)
    assert found["action_mAP"] == found["per_frame/action_mAP"]


def test_without_appearance_embeddings_have_no_say(tiny_network_config: NetworkConfig) -> None:
    engine = arm_engine(ARMS["embedding-off"], [JointNetwork(tiny_network_config)])
    assert engine.identifier.config.appearance_weight == engine.identifier.config.appearance_max_distance == 0
