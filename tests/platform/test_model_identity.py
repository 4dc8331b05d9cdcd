"""A name, a path or an address leads to one model, the same bytes on every machine."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mot_platform import shipped_weights
from mot_platform.engines import load_engine
from mot_platform.errors import InputError
from mot_platform.model_identity import ModelIdentity, from_any_folder, local_file, resolve_model
from mot_platform.registering import register
from mot_platform.registry import open_registry
from mot_platform.weights import FILE_NAME

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


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


def test_other_bytes_than_those_resolved_are_not_loaded(untrained_weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    shutil.copyfile(untrained_weights, path)
    model = resolve_model(str(tmp_path))
    with path.open("ab") as file:
        file.write(b"0")
    with pytest.raises(InputError, match="they were changed"):
        load_engine(model)
