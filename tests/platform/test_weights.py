"""Weights on disk: what loads is what was saved, and nothing else loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.errors import InputError
from mot_platform.weights import FORMAT, load_engine, load_network, resolve_model, save_weights


def test_saved_weights_load_with_their_configuration(
    tmp_path: Path, tiny_network_config: NetworkConfig
) -> None:
    network = JointNetwork(tiny_network_config)
    save_weights(tmp_path / "model.safetensors", network)
    loaded = load_network(tmp_path / "model.safetensors")
    assert loaded.config == tiny_network_config
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])


def test_a_folder_and_its_file_are_the_same_model(untrained_weights: Path) -> None:
    by_folder, by_file = resolve_model(str(untrained_weights.parent)), resolve_model(str(untrained_weights))
    assert by_folder.digest == by_file.digest
    assert by_folder.path == by_file.path


def test_missing_weights_are_named() -> None:
    with pytest.raises(InputError, match="nowhere: no weights there"):
        resolve_model("nowhere")


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    torch.save({"a": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="not a readable safetensors file"):
        load_network(path)


def test_foreign_safetensors_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="not weights of this project"):
        load_network(path)


def test_weights_of_another_architecture_are_refused(untrained_weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    config = {"size": "nano", "input_wh": [160, 96]}
    save_file(load_file(untrained_weights), path, {"format": FORMAT, "network": json.dumps(config)})
    with pytest.raises(InputError, match="weights of another architecture"):
        load_network(path)


def test_an_unknown_setting_in_the_header_is_named(untrained_weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(load_file(untrained_weights), path, {"format": FORMAT, "network": '{"layers": 7}'})
    with pytest.raises(InputError, match="layers: unknown key"):
        load_network(path)


def test_the_engine_speaks_the_words_of_its_weights(untrained_weights: Path) -> None:
    engine = load_engine(str(untrained_weights))
    assert engine.action_names == ("sit", "stand")
    assert engine.class_names == ("person",)
    assert engine.perceiver.input_wh == (160, 96)
    assert engine.perceiver.receptive_field_frames == 7
