"""Weights become versions once, with what they are and who trained them; nothing else does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.registering import register
from mot_platform.registry import open_registry
from mot_platform.weights import FILE_NAME, FORMAT

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


def test_a_version_says_what_it_is_and_who_trained_it(recorded_runs: Path) -> None:
    run = recorded_runs / "first"
    version, is_new = register(open_registry(recorded_runs), str(run), "said")
    assert is_new
    assert version.uri == "models:/said/1"
    assert version.mlflow_run_id == (run / "mlflow_run_id").read_text()
    assert version.digest == resolve_model(str(run)).digest
    assert version.tags == {
        "digest": version.digest,
        "format": FORMAT,
        "network_size": "pico",
        "input_size": "160x96",
        "classes": "person",
        "actions": "2",
    }


def test_the_same_weights_are_one_version_wherever_they_lie(recorded_runs: Path, tmp_path: Path) -> None:
    registry = open_registry(recorded_runs)
    first, _ = register(registry, str(recorded_runs / "first"), "once")
    shutil.copytree(recorded_runs / "first", tmp_path / "copy")
    assert register(registry, str(tmp_path / "copy" / FILE_NAME), "once") == (first, False)
    other, is_new = register(registry, str(recorded_runs / "second"), "once")
    assert is_new
    assert other.version == 2


def test_a_version_keeps_its_weights_when_the_run_goes_on(
    recorded_runs: Path, tmp_path: Path, untrained_weights: Path
) -> None:
    registry = open_registry(recorded_runs)
    run = shutil.copytree(recorded_runs / "first", tmp_path / "run")
    version, _ = register(registry, str(run), "kept")
    shutil.copyfile(recorded_runs / "second" / FILE_NAME, run / FILE_NAME)
    register(registry, str(run), "kept")
    assert resolve_model(str(registry.fetch(version))).digest == version.digest


def test_what_can_not_be_a_version_is_refused(
    recorded_runs: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    registry = open_registry(recorded_runs)
    with pytest.raises(InputError, match="no weights there"):
        register(registry, str(recorded_runs), "refused")
    with pytest.raises(InputError, match="no mlflow_run_id beside the weights"):
        register(registry, str(untrained_weights), "refused")
    shutil.copyfile(untrained_weights, tmp_path / FILE_NAME)
    (tmp_path / "mlflow_run_id").write_text("0123456789abcdef")
    with pytest.raises(InputError, match="its run 0123456789abcdef is not in"):
        register(registry, str(tmp_path), "refused")
    save_file({"a": torch.zeros(1)}, tmp_path / FILE_NAME)
    with pytest.raises(InputError, match="not weights of this project"):
        register(registry, str(tmp_path), "refused")
    assert registry.versions("refused") == []
