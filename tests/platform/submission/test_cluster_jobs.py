"""Commands on a real cluster: shipped without installation, followed, refused, stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.experiment import connect as connect_mlflow
from mot_platform.provenance import CODE_VERSION_VARIABLE
from mot_platform.submission.cluster_jobs import JobState, cluster_address, job_environment

SUBMIT = [sys.executable, "-m", "mot_jobs.cli", "submit"]


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SUBMIT, *arguments], env=environment, capture_output=True, text=True)


def last_line(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.ray
def test_an_evaluation_runs_with_shipped_code_and_its_end_is_that_of_the_command(
    cluster: dict[str, str], tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    options = [
        "--weights",
        str(untrained_weights),
        "--data",
        str(tiny_corpus),
        "--out",
        str(tmp_path / "out"),
    ]
    bad = ["--weights", "/nowhere/w", "--data", str(tiny_corpus)]
    with ThreadPoolExecutor() as side_by_side:
        sound = side_by_side.submit(run, cluster, "evaluate", *options, "--wait", "--json")
        failing = side_by_side.submit(run, cluster, "evaluate", *bad, "--wait", "--retries", "3")
    done, wrong = sound.result(), failing.result()
    assert done.returncode == 0, done.stderr
    assert "HOTA" in (tmp_path / "out" / "scores.json").read_text()
    state = last_line(done)
    assert state["status"] == "SUCCEEDED"
    assert str(state["id"]).startswith("evaluate-tiny-")
    assert "tracked synth-5-0000" in done.stderr

    assert wrong.returncode == 2
    assert "/nowhere/w" in wrong.stdout
    assert "retry" not in wrong.stderr  # bad input stays bad


@pytest.mark.ray
@pytest.mark.filterwarnings("default")  # MLflow's own deprecations
def test_a_job_goes_on_alone_until_it_is_stopped(
    cluster: dict[str, str], tiny_corpus: Path, tmp_path: Path
) -> None:
    config = tmp_path / "run.yaml"
    config.write_text(f"data: {{sources: [{{root: {tiny_corpus}}}]}}\nsteps: 100000\nworkers: 1\n")
    begun = run(cluster, "train", "--config", str(config), "--storage", str(tmp_path / "runs"), "--json")
    assert begun.returncode == 0, begun.stderr
    job = str(last_line(begun)["id"])
    assert f"submit stop {job}" in begun.stderr
    while not (tmp_path / "runs" / "run" / "checkpoints").is_dir():
        time.sleep(0.1)
    assert last_line(run(cluster, "stop", job, "--json"))["stopping"] is True
    assert run(cluster, "logs", job, "--follow").returncode == 1
    assert "STOPPED" in run(cluster, "status", job).stdout
    tracking_uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    run_id = (tmp_path / "runs" / "run" / "mlflow_run_id").read_text()
    # RUNNING where the signal met Ray in the middle of starting, which swallows it; never FINISHED.
    assert connect_mlflow(tracking_uri).get_run(run_id).info.status in {"KILLED", "RUNNING"}


@pytest.mark.ray
@pytest.mark.parametrize(
    ("change", "arguments", "code", "said"),
    [
        pytest.param({"RAY_AUTH_TOKEN": "f" * 64}, ["status", "x"], 2, "wants a token", id="wrong token"),
        pytest.param({}, ["status", "x"], 1, "x does not exist", id="unknown job"),
    ],
)
def test_refusals_are_one_line(
    cluster: dict[str, str], change: dict[str, str], arguments: list[str], code: int, said: str
) -> None:
    done = run(cluster | change, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_address_is_a_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_API_SERVER_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    with pytest.raises(InputError, match="such as http://HEAD:8265"):
        cluster_address(None)
    monkeypatch.setenv("RAY_ADDRESS", "http://head:8265/")
    assert cluster_address(None) == "http://head:8265"
    assert cluster_address("https://other") == "https://other"


def test_jobs_state_their_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000")
    monkeypatch.setenv("RAY_TRAIN_HEALTH_CHECK_INTERVAL_S", "5")
    monkeypatch.setenv("SECRET", "no")
    environment = job_environment("1.0")
    assert environment[CODE_VERSION_VARIABLE] == "1.0"
    assert environment["MLFLOW_TRACKING_URI"] == "http://mlflow:5000"
    assert environment["RAY_TRAIN_HEALTH_CHECK_INTERVAL_S"] == "5"
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert "SECRET" not in environment


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [("SUCCEEDED", 0, 0), ("FAILED", 2, 2), ("FAILED", 1, 1), ("FAILED", -9, 1), ("STOPPED", None, 1)],
)
def test_the_exit_code_is_of_the_class_of_the_command(status: str, code: int | None, expected: int) -> None:
    state = JobState(
        id="a",
        status=status,
        command="",
        code_version="",
        message="",
        started_ms=0,
        ended_ms=0,
        command_exit_code=code,
    )
    assert state.exit_code == expected
