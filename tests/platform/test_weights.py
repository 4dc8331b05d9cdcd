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

from mot_model.engine import Engine
from mot_model.network import JointNetwork, NetworkConfig
from mot_model.perceiver import TrackIdentifier
from mot_model.tracker import TrackerConfig
from mot_platform import shipped_weights
from mot_platform.errors import InputError
from mot_platform.registering import register
from mot_platform.registry import open_registry
from mot_platform.weights import (
    FILE_NAME,
    FORMAT,
    ModelIdentity,
    from_any_folder,
    load_engine,
    load_network,
    load_tracker_config,
    local_file,
    resolve_model,
    save_weights,
    tracker_for,
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


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, untrained_weights: Path) -> Path:
    """Return the file of weights that are shipped as `mini`, in an empty working directory."""
    folder, work = tmp_path / "shipped", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    monkeypatch.setattr(shipped_weights, "FOLDER", folder)
    monkeypatch.chdir(work)
    return shutil.copyfile(untrained_weights, folder / "mini.safetensors")


def test_shipped_weights_have_a_name(shipped: Path) -> None:
    model = resolve_model("mini")
    assert (model.uri, model.path) == ("mini", shipped)
    assert load_engine("mini").action_names == ("sit", "stand")
    with pytest.raises(InputError, match=r"maxi: no weights there; .* or one of the shipped mini"):
        resolve_model("maxi")


def test_a_folder_of_a_shipped_name_wins_only_if_it_holds_weights(
    shipped: Path, untrained_weights: Path
) -> None:
    Path("mini").mkdir()
    assert resolve_model("mini").path == shipped
    assert from_any_folder("mini") == "mini"
    mine = shutil.copyfile(untrained_weights, Path("mini", FILE_NAME))
    assert resolve_model("mini").path == mine.resolve()
    assert from_any_folder("mini") == str(Path("mini").absolute())


def test_shipped_weights_are_found_on_a_machine_with_another_installation(
    shipped: Path, untrained_weights: Path
) -> None:
    elsewhere = replace(resolve_model("mini"), path=Path("/another/site-packages/mini.safetensors"))
    assert local_file(elsewhere) == shipped
    with pytest.raises(InputError, match="mini: other weights ship under that name on this machine"):
        local_file(replace(elsewhere, digest="0" * 64))


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


def test_settings_chosen_for_weights_travel_with_them(tmp_path: Path, untrained_weights: Path) -> None:
    chosen = TrackerConfig(high_score=0.7, birth_score=0.8)
    save_weights(tmp_path / FILE_NAME, load_network(untrained_weights), tracker=chosen)
    model = resolve_model(str(tmp_path))
    assert tracker_for(model) == chosen
    assert _associates_with(load_engine(model)).high_score == 0.7
    assert _associates_with(load_engine(model, tracker=TrackerConfig(high_score=0.4))).high_score == 0.4
    mine = tmp_path / "mine.yaml"
    mine.write_text("high_score: 0.6\n")
    assert tracker_for(model, mine) == TrackerConfig(high_score=0.6)


def test_weights_without_settings_take_those_for_any_network(untrained_weights: Path) -> None:
    model = resolve_model(str(untrained_weights))
    assert tracker_for(model) == load_tracker_config()
    assert _associates_with(load_engine(model)).high_score == load_tracker_config().high_score


def test_an_impossible_setting_in_the_header_is_named(untrained_weights: Path, tmp_path: Path) -> None:
    save_file(
        load_file(untrained_weights), tmp_path / FILE_NAME, {"format": FORMAT, "tracker": '{"high_score": 7}'}
    )
    with pytest.raises(InputError, match=r"tracker settings in its header: .*high_score"):
        tracker_for(resolve_model(str(tmp_path)))


def _associates_with(engine: Engine) -> TrackerConfig:
    assert isinstance(engine.identifier, TrackIdentifier)
    return engine.identifier.config


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


def test_a_path_means_the_same_in_any_folder() -> None:
    assert from_any_folder("runs/first") == str(Path("runs/first").absolute())
    assert from_any_folder("models:/mot-action@champion") == "models:/mot-action@champion"


def test_a_registered_model_is_pinned(recorded_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(recorded_runs.parent)
    registry = open_registry(recorded_runs)
    version, _ = register(registry, "runs/second", "pinned")
    registry.promote(version)
    model = resolve_model("models:/pinned@champion")
    assert model.uri == "models:/pinned/1"
    assert model.mlflow_run_id == resolve_model("runs/second").mlflow_run_id == version.mlflow_run_id
    assert model.digest == resolve_model("runs/second").digest
