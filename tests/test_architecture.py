"""The shape of the tree: who may import whom, and that every module has its tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mot_model.tracker import TrackerConfig
from mot_platform.config import load_config
from mot_platform.labelling.settings import LabelConfig
from mot_platform.training.config import TrainConfig

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"model": "mot_model", "platform": "mot_platform", "jobs": "mot_jobs"}
CONFIG_KINDS = {"train": TrainConfig, "tracker": TrackerConfig, "label.yaml": LabelConfig}
FOREIGN_CONFIGS = {"kuberay", "serve.yaml"}  # in the format of others; their own tests validate them
CONFIGS = sorted(
    path
    for path in (ROOT / "configs").rglob("*.yaml")
    if not FOREIGN_CONFIGS & set(path.relative_to(ROOT / "configs").parts)
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc"}
MAX_LINES = 400

MODULES = [
    pytest.param(path, id=str(path.relative_to(ROOT)))
    for folder, package in PACKAGES.items()
    for path in sorted((ROOT / folder / package).rglob("*.py"))
    if path.name != "__init__.py"
]


def imported_by(package: str) -> set[str]:
    """Return the top-level packages in memory after importing every module of `package` in a new process."""
    code = f"""
import importlib, pkgutil, sys, {package}
for found in pkgutil.walk_packages({package}.__path__, "{package}."):
    importlib.import_module(found.name)
print(" ".join({{name.split(".")[0] for name in sys.modules}}))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_the_model_knows_nothing_of_its_surroundings() -> None:
    loaded = imported_by("mot_model")
    assert "mot_model" in loaded
    foreign = {"ray", "mlflow", "fastapi", "pydantic", "pyarrow", "av", "cv2", "mot_platform", "mot_jobs"}
    assert not loaded & foreign


def test_the_platform_knows_no_commands() -> None:
    sources = (ROOT / "platform").rglob("*.py")
    assert not [path for path in sources if "mot_jobs" in path.read_text()]


def test_no_folder_shadows_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_tests_a_good_name_and_a_bearable_length(module: Path) -> None:
    part = module.relative_to(ROOT).parts
    mirrored = ROOT.joinpath("tests", part[0], *part[2:-1], f"test_{module.stem}.py")
    assert mirrored.is_file(), f"write {mirrored.relative_to(ROOT)}"
    assert module.stem not in FORBIDDEN_NAMES
    assert module.stem not in sys.stdlib_module_names or len(part) > 3
    assert len(module.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_configuration_validates(path: Path) -> None:
    kind = CONFIG_KINDS[path.relative_to(ROOT / "configs").parts[0]]
    load_config(path, kind)
    assert path.read_text().startswith("#"), "a configuration begins with what it is for"
