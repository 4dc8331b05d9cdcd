"""Weights on disk: what loads is what was saved, and nothing else loads."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.errors import InputError
from mot_platform.registering import register
from mot_platform.registry import open_registry
from mot_platform.weights import (
    FORMAT,
    ModelIdentity,
    load_engine,
    load_network,
    local_file,
    resolve_model,
    save_weights,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


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


def test_a_model_is_found_in_its_store_where_its_file_is_not(recorded_runs: Path) -> None:
    registry = open_registry(recorded_runs)
    version, _ = register(registry, str(recorded_runs / "first"), "elsewhere")
    here = ModelIdentity(
        uri=version.uri,
        path=Path("/another/machine/model.safetensors"),
        digest=version.digest,
        mlflow_run_id=version.mlflow_run_id,
        tracking_uri=registry.tracking_uri,
    )
    assert pickle.loads(pickle.dumps(here)) == here
    assert local_file(here) == registry.fetch(version)
    assert load_engine(here).action_names == ("sit", "stand")
    with pytest.raises(InputError, match="another model than when the job began"):
        local_file(replace(here, digest="0" * 64))
    with pytest.raises(InputError, match=r"is not on this machine; put it on storage that all nodes share"):
        local_file(replace(here, tracking_uri=None))


def test_other_bytes_than_those_resolved_are_not_loaded(untrained_weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    shutil.copyfile(untrained_weights, path)
    model = resolve_model(str(tmp_path))
    with path.open("ab") as file:
        file.write(b"0")
    with pytest.raises(InputError, match="they were changed"):
        load_engine(model)


def test_a_registered_model_is_pinned(recorded_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(recorded_runs.parent)
    registry = open_registry(recorded_runs)
    version, _ = register(registry, "runs/second", "pinned")
    registry.promote(version)
    model = resolve_model("models:/pinned@champion")
    assert model.uri == "models:/pinned/1"
    assert model.mlflow_run_id == resolve_model("runs/second").mlflow_run_id == version.mlflow_run_id
    assert model.digest == resolve_model("runs/second").digest
