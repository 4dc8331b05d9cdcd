from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ray.serve.schema import ServeDeploySchema

from mot_platform.config import shipped_config
from mot_platform.errors import InputError
from mot_platform.serving.settings_file import SHIPPED, load_serve_config


def test_the_shipped_file_is_what_serve_deploy_reads_and_holds_our_settings() -> None:
    ServeDeploySchema.model_validate(yaml.safe_load(shipped_config(SHIPPED).read_text()))
    config = load_serve_config(None, {"weights": "runs/first", "replicas": 3})
    assert (config.weights, config.replicas, config.limits.max_streams) == ("runs/first", 3, 16)


def test_paths_are_absolute_because_replicas_run_elsewhere(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_serve_config(None, {"weights": "w", "token_file": Path("tokens")})
    assert config.token_file == str(tmp_path / "tokens")
    assert config.store == str(tmp_path / "sessions")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("applications: []", "no `applications` with `args`", id="empty"),
        pytest.param("applications: [{args: {store: s, limit: {}}}]", "limit: unknown key", id="typo"),
        pytest.param("applications: [{args: {store: s, replicas: 0}}]", "at least 1, got 0", id="value"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path, text, message) -> None:
    path = tmp_path / "serve.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_serve_config(path, {"weights": "w"})
