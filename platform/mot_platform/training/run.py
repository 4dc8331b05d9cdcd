"""A training run from its configuration to weights: Ray Train, resumed by name, recorded in MLflow."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from mot_platform.cluster import PIXEL_STORE_BYTES, ray_session
from mot_platform.commit import committed
from mot_platform.config import plain
from mot_platform.engines import load_engine
from mot_platform.errors import MotActionError
from mot_platform.experiment import ExperimentRun, begin_or_resume
from mot_platform.model_identity import resolve_model
from mot_platform.training.config import TrainConfig
from mot_platform.training.examples import log_examples
from mot_platform.training.initial_weights import with_pinned_weights
from mot_platform.training.preparation import (
    CONFIG_FILE,
    checked_example,
    claim,
    flattened,
    with_absolute_paths,
    with_digests,
    with_words,
)
from mot_platform.training.worker import train_worker
from mot_platform.weights import FILE_NAME

CHECKPOINTS = "checkpoints"
SNAPSHOT_FILE = "checkpoint_manager_snapshot.json"
POLL_S = 0.5
RAISE_AGAIN_S = 1.0
"""After a termination that nobody heeded: Python ignores exceptions in callbacks and destructors."""
MAX_WORKER_FAILURES = 3
"""Failures of workers or their nodes that one command survives; announced preemptions are not counted."""
RECOVERY = {
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "30",
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "1",
}
"""How fast Ray Train notices a lost worker and gives up on a node that is gone; the environment wins.

A group of workers that was placed on a dead node is waited for this long, and a group on live ones must
start within it: code and environment of a worker included.
"""

Progress = Callable[[dict[str, float]], None]


class TrainingFailedError(MotActionError):
    """Training stopped before its last step; the same command goes on from the last checkpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """A finished training."""

    folder: Path
    """Folder of the run; usable as `--weights`."""
    weights: Path
    mlflow_run_id: str
    tracking_uri: str
    metrics: dict[str, float]
    """Last report: mean losses of the last steps, and validation scores."""


def train(
    config: TrainConfig,
    *,
    name: str,
    storage: Path,
    address: str | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train to the end, or go on where an earlier call with this name and storage stopped.

    Args:
        config: What to train.
        name: Name of the run, a folder below `storage`.
        storage: Folder of runs; shared by all nodes when there are several.
        address: Ray cluster; None starts a local one.
        progress: Called with each report of metrics.

    Raises:
        InputError: if a source or the weights to begin with are unusable, or `name` was begun with another
            configuration.
        TrainingFailedError: if workers failed for good.
    """
    config = with_pinned_weights(with_words(with_digests(with_absolute_paths(config))))
    example = checked_example(config)
    folder = storage / name
    claim(folder, config)
    run = begin_or_resume(storage, name, flattened(plain(asdict(config))))
    cluster = ray_session(address, **local_resources(config))
    # Twice: Ray takes SIGTERM for itself when it starts, and may abort the process when it shuts down.
    with status_recorded(run), cluster, status_recorded(run), followed(progress) as progress_file:
        run.log_artifact(folder / CONFIG_FILE)
        checkpoint, metrics = fit(config, folder, run, progress_file)
        with committed(folder / FILE_NAME, scratch=folder) as draft:
            shutil.copyfile(checkpoint / FILE_NAME, draft)
        run.log_artifact(folder / FILE_NAME)
        log_examples(run, load_engine(str(folder)), example)
    return TrainingResult(
        folder=folder,
        weights=folder / FILE_NAME,
        mlflow_run_id=run.run_id,
        tracking_uri=run.tracking_uri,
        metrics=metrics,
    )


def local_resources(config: TrainConfig) -> dict[str, int]:
    """Return what a local cluster needs for the run: a CPU for each process, and memory for their clips."""
    workers = config.worker_counts[-1]
    if config.data.loader == "process":
        return {"num_cpus": workers + 1}
    readers = workers * max(1, config.data.loader_processes)
    return {"num_cpus": workers + readers + 1, "object_store_bytes": PIXEL_STORE_BYTES}


@contextmanager
def status_recorded(run: ExperimentRun) -> Iterator[None]:
    """Mark the run as finished, failed or killed when the block ends; a resumed run is running again."""
    try:
        with termination_raises():
            yield
    except Exception:
        run.finish("FAILED")
        raise
    except BaseException:  # SIGTERM and Ctrl-C
        run.finish("KILLED")
        raise
    run.finish()


@contextmanager
def termination_raises() -> Iterator[None]:
    """Turn SIGTERM into `SystemExit` in the block; the handler of Ray may abort the process instead."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return

    def terminate(_number: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, RAISE_AGAIN_S)
        sys.exit(128 + signal.SIGTERM)

    before = {number: signal.signal(number, terminate) for number in (signal.SIGTERM, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def fit(
    config: TrainConfig, folder: Path, run: ExperimentRun, progress_file: Path
) -> tuple[Path, dict[str, float]]:
    """Run Ray Train to the end and return the last checkpoint's folder and metrics."""
    import torch
    from ray.train import CheckpointConfig, FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    from mot_platform.training.recorder import MetricsRecorder

    for variable, value in RECOVERY.items():
        os.environ.setdefault(variable, value)
    drop_torn_snapshot(folder / CHECKPOINTS)
    gpus = config.gpus_per_worker
    if gpus is None:
        gpus = float(torch.cuda.is_available())
    trainer = TorchTrainer(
        train_worker,
        train_loop_config={
            "run": plain(asdict(config)),
            "weights": None if config.weights is None else resolve_model(config.weights),
        },
        torch_config=TorchConfig(backend="nccl" if gpus else "gloo"),
        scaling_config=ScalingConfig(
            num_workers=config.workers,
            use_gpu=gpus > 0,
            resources_per_worker={"CPU": 1, "GPU": gpus} if gpus else None,
        ),
        run_config=RunConfig(
            name=CHECKPOINTS,
            storage_path=str(folder.resolve()),
            checkpoint_config=CheckpointConfig(num_to_keep=2),
            failure_config=FailureConfig(max_failures=MAX_WORKER_FAILURES),
            callbacks=[MetricsRecorder(run, progress_file)],
        ),
    )
    try:
        result = trainer.fit()
    except Exception as error:
        reason = " ".join(str(error).split())[:400]
        raise TrainingFailedError(f"{folder}: training failed: {reason}; the same command resumes") from error
    if result.checkpoint is None:
        raise TrainingFailedError(f"{folder}: training ended without a checkpoint")
    return Path(result.checkpoint.path), dict(result.metrics or {})


def drop_torn_snapshot(checkpoints: Path) -> None:
    """Remove a list of checkpoints that a kill cut short: Ray writes it in place and never reads it again.

    Training then starts over under the same run, which gives the same result.
    """
    path = checkpoints / SNAPSHOT_FILE
    try:
        json.loads(path.read_text())
    except FileNotFoundError:
        return
    except ValueError:
        path.unlink()


@contextmanager
def followed(progress: Progress | None) -> Iterator[Path]:
    """Hold a file into which the controller writes metrics, and pass each line on to `progress`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metrics.jsonl"
        path.touch()
        stop = threading.Event()

        def follow() -> None:
            with path.open() as lines:
                while not stop.is_set() or lines.tell() < path.stat().st_size:
                    line = lines.readline()
                    if line.endswith("\n") and progress is not None:
                        progress(json.loads(line))
                    elif not line:
                        stop.wait(POLL_S)

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            stop.set()
            thread.join(timeout=5)
