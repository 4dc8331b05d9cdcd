"""Training on Ray Train with real workers: resumed by name after any end, recorded once (P7)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_platform.config import dump_config
from mot_platform.experiment import ExperimentRun, begin_or_resume
from mot_platform.model_identity import resolve_model
from mot_platform.training.config import DataConfig, OptimizerConfig, SourceConfig, TrainConfig
from mot_platform.training.run import (
    CHECKPOINTS,
    SNAPSHOT_FILE,
    TrainingResult,
    drop_torn_snapshot,
    status_recorded,
    train,
)
from mot_platform.weights import load_network

pytestmark = pytest.mark.filterwarnings("default")  # Ray's and MLflow's own deprecations
STEPS = list(range(1, 13))


@pytest.fixture(scope="module")
def config(tiny_corpus: Path, tiny_network_config: NetworkConfig, untrained_weights: Path) -> TrainConfig:
    corpus = str(tiny_corpus)
    return TrainConfig(
        network=replace(tiny_network_config, action_ids=(), action_names=()),
        weights=str(untrained_weights),
        data=DataConfig(
            sources=(SourceConfig(root=corpus),), validation=corpus, validation_videos=2, clip_frames=3
        ),
        optimizer=OptimizerConfig(warmup_steps=1),
        steps=len(STEPS),
        clips_per_step=2,
        checkpoint_every_steps=6,
        log_every_steps=1,
        precision="float32",
        workers=2,
    )


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def whole(config: TrainConfig, storage: Path, local_ray: None) -> tuple[TrainingResult, list[int]]:
    """Return an uninterrupted training and the steps that it reported."""
    reports: list[int] = []
    result = train(
        config, name="whole", storage=storage, progress=lambda report: reports.append(int(report["step"]))
    )
    return result, reports


def run_of(result: TrainingResult) -> ExperimentRun:
    return ExperimentRun(tracking_uri=result.tracking_uri, run_id=result.mlflow_run_id)


@pytest.mark.ray
def test_two_workers_train_to_the_end(whole: tuple[TrainingResult, list[int]]) -> None:
    result, reports = whole
    assert result.metrics["step"] == STEPS[-1]
    assert {"validation/IDF1", "validation/detection_AP50"} <= set(result.metrics)
    assert reports == STEPS
    assert load_network(resolve_model(str(result.folder)).path).config.action_names[0] != ""
    run = run_of(result)
    assert run.history()["workers"] == [(step, 2.0) for step in STEPS]
    assert run.history()["loss/score"][0][1] > 100, "it began with weights that see things everywhere"
    artifacts = {file.path for file in run.client().list_artifacts(run.run_id)}
    assert {"config.yaml", "model.safetensors", "examples"} <= artifacts
    assert run.client().get_run(run.run_id).info.status == "FINISHED"


@pytest.mark.ray
def test_the_same_command_after_a_kill_ends_like_an_uninterrupted_one(
    config: TrainConfig, storage: Path, whole: tuple[TrainingResult, list[int]], tmp_path: Path
) -> None:
    import ray

    file, folder = tmp_path / "killed.yaml", storage / "killed"
    file.write_text(dump_config(config))
    address = ray.get_runtime_context().gcs_address
    command = [
        sys.executable,
        "-m",
        "mot_jobs.cli",
        "train",
        "--config",
        str(file),
        "--storage",
        str(storage),
    ]
    with subprocess.Popen([*command, "--address", address], stderr=subprocess.PIPE, text=True) as process:
        while not (folder / CHECKPOINTS / SNAPSHOT_FILE).is_file() and process.poll() is None:
            time.sleep(0.01)
        assert process.poll() is None, process.stderr and process.stderr.read()
        process.kill()
    assert not (folder / "model.safetensors").exists()
    begun_as = (folder / "mlflow_run_id").read_text()

    ended = train(config, name="killed", storage=storage)
    assert ended.mlflow_run_id == begun_as
    expected, found = (run_of(result).history()["loss/total"] for result in (whole[0], ended))
    assert [step for step, _ in found] == STEPS
    assert [loss for _, loss in found] == pytest.approx([loss for _, loss in expected], abs=1e-6)
    assert run_of(ended).client().get_run(begun_as).info.status == "FINISHED"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(ValueError("bad"), "FAILED", id="failed"),
        pytest.param(KeyboardInterrupt(), "KILLED", id="interrupted"),
    ],
)
def test_the_end_of_a_run_is_on_record_until_it_is_resumed(
    error: BaseException, status: str, tmp_path: Path
) -> None:
    run = begin_or_resume(tmp_path, "first", {})
    with pytest.raises(type(error)), status_recorded(run):
        raise error
    assert run.client().get_run(run.run_id).info.status == status
    begin_or_resume(tmp_path, "first", {})
    assert run.client().get_run(run.run_id).info.status == "RUNNING"


class Deaf:
    """Swallows what is raised while it goes, as callbacks of C++ do."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def terminate_on_deaf_ears() -> None:
    del [Deaf()][0]
    time.sleep(30)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_termination_is_on_record_even_when_it_falls_on_deaf_ears(tmp_path: Path) -> None:
    run = begin_or_resume(tmp_path, "first", {})
    with pytest.raises(SystemExit), status_recorded(run):
        terminate_on_deaf_ears()
    assert run.client().get_run(run.run_id).info.status == "KILLED"


def test_a_torn_list_of_checkpoints_is_dropped(tmp_path: Path) -> None:
    drop_torn_snapshot(tmp_path)
    snapshot = tmp_path / SNAPSHOT_FILE
    snapshot.write_text('{"checkpoint_results": []}')
    drop_torn_snapshot(tmp_path)
    assert snapshot.exists()
    snapshot.write_text('{"checkpoint_res')
    drop_torn_snapshot(tmp_path)
    assert not snapshot.exists()
