"""Weights on disk: what loads is what was saved, and nothing else loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.weights import FILE_NAME, FORMAT, load_network, save_weights


def test_saved_weights_load_with_their_configuration(
    tmp_path: Path, tiny_network_config: NetworkConfig
) -> None:
    network = JointNetwork(tiny_network_config)
    save_weights(tmp_path / "model.safetensors", network)
    loaded = load_network(tmp_path / "model.safetensors")
    assert loaded.config == tiny_network_config
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])


@torch.inference_mode()
def test_half_precision_halves_the_file_and_hardly_changes_what_is_seen(
    tmp_path: Path, untrained_weights: Path, tiny_network_config: NetworkConfig
) -> None:
    network = load_network(untrained_weights)
    save_weights(tmp_path / FILE_NAME, network, dtype=torch.float16, mlflow_run_id="abc")
    assert (tmp_path / FILE_NAME).stat().st_size < 0.6 * untrained_weights.stat().st_size
    loaded = load_network(tmp_path / FILE_NAME)
    assert {value.dtype for value in loaded.parameters()} == {torch.float32}
    frames = torch.randint(0, 255, (1, 4, 96, 160, 3), dtype=torch.uint8)
    exact, _ = network.eval()(frames, network.initial_state())
    found, _ = loaded.eval()(frames, loaded.initial_state())
    torch.testing.assert_close(
        found.one_to_one.score_logit.sigmoid(), exact.one_to_one.score_logit.sigmoid(), atol=5e-3, rtol=0
    )
    assert resolve_model(str(tmp_path)).mlflow_run_id == "abc"


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
