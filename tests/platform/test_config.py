"""Configuration files: what is wrong is named, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.config import dump_config, load_config, named_config, shipped_config
from mot_platform.errors import InputError
from mot_platform.training.config import TrainConfig


def test_overrides_win_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("steps: 7\nnetwork: {size: nano}\n")
    config = load_config(path, TrainConfig, ["network.size=small", "data.sources=[{root: here}]"])
    assert config.steps == 7
    assert config.network.size == "small"
    assert config.data.sources[0].root == "here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("network: {sise: nano}", "network.sise: unknown key", id="unknown key"),
        pytest.param("steps: many", "steps: Input should be a valid integer", id="wrong type"),
        pytest.param("steps: 0", "steps must be at least 1", id="out of range"),
        pytest.param("- a\n- b", "expected keys with values", id="a list"),
        pytest.param("a: [", "not valid YAML", id="broken"),
    ],
)
def test_one_line_says_what_is_wrong_and_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_config(path, TrainConfig)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("stepps: 3\nworkerz: 2")
    with pytest.raises(InputError, match=r"stepps: unknown key; workerz: unknown key"):
        load_config(path, TrainConfig)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml: can't read"):
        load_config("nowhere.yaml", TrainConfig)


@pytest.mark.parametrize("override", ["steps", "=3", "steps.more=3"])
def test_a_malformed_override_is_named(override: str, tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("steps: 5")
    with pytest.raises(InputError, match="--set"):
        load_config(path, TrainConfig, [override])


def test_a_dumped_configuration_reads_back_equal(tmp_path: Path) -> None:
    config = load_config(shipped_config("train/demo.yaml"), TrainConfig)
    path = tmp_path / "copy.yaml"
    path.write_text(dump_config(config))
    assert load_config(path, TrainConfig) == config


def test_an_unknown_shipped_configuration_is_named() -> None:
    with pytest.raises(InputError, match="no such shipped configuration"):
        shipped_config("train/none.yaml")


def test_settings_are_a_file_or_the_name_of_shipped_ones(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("")
    assert named_config(str(path), "tracker") == path
    assert named_config("pedestrian", "tracker") == shipped_config("tracker/pedestrian.yaml")
    assert named_config(None, "tracker") is None
    with pytest.raises(
        InputError, match=r"nobody: no such file, and no shipped settings; those are .*pedestrian"
    ):
        named_config("nobody", "tracker")
