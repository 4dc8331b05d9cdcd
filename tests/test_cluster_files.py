"""Files that start clusters: valid by the schemas of those who read them, and closed to strangers."""

from __future__ import annotations

import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic import TypeAdapter
from ray.autoscaler._private.util import prepare_config, validate_config

from mot_jobs.cli import MODULES
from mot_platform.serving.settings import ServeConfig

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = sorted((ROOT / "configs" / "kuberay").glob("*.yaml"))
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "MLFLOW_DISABLE_TELEMETRY": "true"}


@pytest.fixture(scope="module")
def cluster() -> dict[str, Any]:
    """Return the cluster as `ray up` sees it before it asks AWS anything."""
    prepared: dict[str, Any] = prepare_config(yaml.safe_load((ROOT / "cluster.yaml").read_text()))
    validate_config(prepared)
    return prepared


def starts(cluster: dict[str, Any]) -> list[str]:
    commands = cluster["head_start_ray_commands"] + cluster["worker_start_ray_commands"]
    return [command for command in commands if "ray start" in command]


def test_every_node_type_is_bounded_and_workers_are_spot(cluster: dict[str, Any]) -> None:
    written = yaml.safe_load((ROOT / "cluster.yaml").read_text())["available_node_types"]
    assert all("max_workers" in node_type for node_type in written.values())
    head = cluster["head_node_type"]
    markets = {
        name: kind["node_config"].get("InstanceMarketOptions", {}).get("MarketType")
        for name, kind in cluster["available_node_types"].items()
    }
    assert markets.pop(head) is None
    assert set(markets.values()) == {"spot"}
    assert len(markets) == 2


def test_ray_asks_for_a_token_and_shows_its_dashboard_to_nobody(cluster: dict[str, Any]) -> None:
    head, worker = starts(cluster)
    for command in (head, worker):
        exported = command.split("ray start")[0]
        assert "RAY_AUTH_MODE=token" in exported
        assert 'PATH="$HOME/.venv/bin:$PATH"' in exported, "jobs are `python -m ...`"
        assert all(f"{name}={value}" in exported for name, value in QUIET.items())
        assert "MLFLOW_TRACKING_URI=" in exported
    assert "--dashboard-host=127.0.0.1" in head
    assert "RAY_health_check_failure_threshold=" in head
    assert cluster["file_mounts"]["/home/ubuntu/.ray/auth_token"] == "~/.ray/auth_token"


def test_nothing_is_open_to_the_world(cluster: dict[str, Any]) -> None:
    text = (ROOT / "cluster.yaml").read_text()
    assert "0.0.0.0" not in text
    assert "::/0" not in text
    # A group of this name that is there already is left as it is; docs/cluster.md makes it.
    group = cluster["provider"]["security_group"]
    assert group == {"GroupName": "mot-action"}
    assert f"--group-name {group['GroupName']} " in (ROOT / "docs" / "cluster.md").read_text()
    (mlflow,) = (command for command in cluster["head_start_ray_commands"] if "mlflow server" in command)
    assert "--allowed-hosts" in mlflow


def test_nodes_install_pinned_versions_of_what_travels(cluster: dict[str, Any]) -> None:
    installs = [command for command in cluster["head_setup_commands"] if "pip install" in command]
    assert all("--constraint ~/mot-action/constraints.txt" in command for command in installs)
    assert any("--editable ~/mot-action" in command for command in installs)
    mounts = cluster["file_mounts"]
    ours = {local for remote, local in mounts.items() if remote.startswith("/home/ubuntu/mot-action/")}
    assert {"model", "platform", "jobs", "configs", "pyproject.toml", "constraints.txt"} <= ours
    assert all((ROOT / local).exists() for local in ours)


def resources(path: Path) -> dict[str, dict[str, Any]]:
    return {found["kind"]: found for found in yaml.safe_load_all(path.read_text())}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_pods_are_quiet_guarded_and_without_root(path: Path) -> None:
    assert path.read_text().startswith("#"), "a manifest begins with what it is for"
    (found,) = (found for kind, found in resources(path).items() if kind.startswith("Ray"))
    cluster = found["spec"].get("rayClusterSpec") or found["spec"]["rayClusterConfig"]
    assert cluster["authOptions"] == {"mode": "token"}
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    pods = [group["template"]["spec"] for group in groups]
    volumes = [{volume["name"] for volume in pod["volumes"]} for pod in pods]
    for pod, known in zip(pods, volumes, strict=True):
        assert pod["securityContext"]["runAsNonRoot"] is True
        (container,) = pod["containers"]
        environment = {entry["name"]: entry["value"] for entry in container["env"]}
        assert environment.items() >= QUIET.items()
        assert environment["MLFLOW_TRACKING_URI"]
        assert {mount["name"] for mount in container["volumeMounts"]} == known
        assert container["image"] == "mot-action:0.1.0"
    assert "docker build --tag mot-action:0.1.0 " in (ROOT / "Dockerfile").read_text()


def test_the_job_is_a_command_that_there_is_and_tries_again() -> None:
    found = resources(ROOT / "configs" / "kuberay" / "rayjob.yaml")
    spec = found["RayJob"]["spec"]
    assert spec["backoffLimit"] > 0
    program, name, *arguments = shlex.split(spec["entrypoint"])
    assert program == "mot-action"
    command = typer.main.get_command(import_module(MODULES[name]).app)
    parsed = command.make_context(name, list(arguments)).params
    shipped = Path(parsed["config"]).relative_to("/opt/mot-action")
    assert (ROOT / shipped).is_file()
    assert str(parsed["storage"]).startswith("/shared/")
    claim = found["PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.filterwarnings("ignore")  # Ray Serve's own deprecations
def test_the_service_deploys_our_application() -> None:
    from ray.serve.schema import ServeDeploySchema

    spec = resources(ROOT / "configs" / "kuberay" / "rayservice.yaml")["RayService"]["spec"]
    schema = ServeDeploySchema.model_validate(yaml.safe_load(spec["serveConfigV2"]))
    (application,) = schema.applications
    config = TypeAdapter(ServeConfig).validate_python(application.args, extra="forbid")
    assert config.token_file is not None, "it listens on every address"
    module, _, builder = application.import_path.partition(":")
    assert callable(getattr(import_module(module), builder))
