"""A training run from its configuration to weights: Ray Train, resumed by name, recorded in MLflow."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from mot_platform.cluster import ray_session
from mot_platform.config import dump_config, plain
from mot_platform.corpus import action_names, read_corpus
from mot_platform.errors import InputError, MotActionError
from mot_platform.experiment import ExperimentRun, begin_or_resume
from mot_platform.training.config import TrainConfig
from mot_platform.training.examples import log_examples
from mot_platform.training.worker import train_worker
from mot_platform.weights import FILE_NAME, load_engine

CONFIG_FILE = "config.yaml"
CHECKPOINTS = "checkpoints"
POLL_S = 0.5

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
        InputError: if a source is unusable, or `name` was begun with another configuration.
        TrainingFailedError: if workers failed for good.
    """
    config = with_words(config)
    check_sources(config)
    folder = storage / name
    claim(folder, config)
    run = begin_or_resume(storage, name, flattened(plain(asdict(config))))
    run.log_artifact(folder / CONFIG_FILE)
    with ray_session(address, num_cpus=config.workers + 1), followed(progress) as progress_file:
        checkpoint, metrics = fit(config, folder, run, progress_file)
    shutil.copyfile(checkpoint / FILE_NAME, folder / FILE_NAME)
    run.log_artifact(folder / FILE_NAME)
    shown = read_corpus(config.data.validation or config.data.sources[0].root)[0]
    log_examples(run, load_engine(str(folder)), shown.uri)
    run.finish()
    return TrainingResult(
        folder=folder,
        weights=folder / FILE_NAME,
        mlflow_run_id=run.run_id,
        tracking_uri=run.tracking_uri,
        metrics=metrics,
    )


def check_sources(config: TrainConfig) -> None:
    """Raise an `InputError` now for a corpus that no worker could read later."""
    roots = [source.root for source in config.data.sources]
    if not roots:
        raise InputError("data.sources: nothing to train on; name at least one corpus")
    for root in [*roots, config.data.validation]:
        if root is not None:
            read_corpus(root)


def with_words(config: TrainConfig) -> TrainConfig:
    """Return `config` with the actions of its first source where it names none."""
    if config.network.action_ids or not config.data.sources:
        return config
    names = action_names(config.data.sources[0].root)
    network = replace(config.network, action_ids=tuple(names), action_names=tuple(names.values()))
    return replace(config, network=network)


def claim(folder: Path, config: TrainConfig) -> None:
    """Write the configuration into the run's folder, or check that it is the one that is there."""
    path = folder / CONFIG_FILE
    if path.is_file():
        before, now = flattened(yaml.safe_load(path.read_text())), flattened(plain(asdict(config)))
        changed = sorted(key for key in before | now if before.get(key) != now.get(key))
        if changed:
            raise InputError(
                f"{folder}: begun with another configuration ({', '.join(changed[:5])}); "
                "take another --name, or the same configuration to resume"
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(dump_config(config))


def flattened(data: Any, prefix: str = "") -> dict[str, object]:
    """Return nested mappings as one, keys joined by dots."""
    if not isinstance(data, dict):
        return {prefix: data}
    parts = [flattened(value, f"{prefix}.{key}" if prefix else str(key)) for key, value in data.items()]
    return {key: value for part in parts for key, value in part.items()}


def fit(
    config: TrainConfig, folder: Path, run: ExperimentRun, progress_file: Path
) -> tuple[Path, dict[str, float]]:
    """Run Ray Train to the end and return the last checkpoint's folder and metrics."""
    import torch
    from ray.train import CheckpointConfig, FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    from mot_platform.training.recorder import MetricsRecorder

    use_gpu = torch.cuda.is_available()
    trainer = TorchTrainer(
        train_worker,
        train_loop_config=plain(asdict(config)),
        torch_config=TorchConfig(backend="nccl" if use_gpu else "gloo"),
        scaling_config=ScalingConfig(num_workers=config.workers, use_gpu=use_gpu),
        run_config=RunConfig(
            name=CHECKPOINTS,
            storage_path=str(folder.resolve()),
            checkpoint_config=CheckpointConfig(num_to_keep=2),
            failure_config=FailureConfig(max_failures=3),
            callbacks=[MetricsRecorder(run, progress_file)],
        ),
    )
    try:
        result = trainer.fit()
    except Exception as error:
        run.finish("FAILED")
        reason = " ".join(str(error).split())[:400]
        raise TrainingFailedError(f"{folder}: training failed: {reason}; the same command resumes") from error
    if result.checkpoint is None:
        raise TrainingFailedError(f"{folder}: training ended without a checkpoint")
    return Path(result.checkpoint.path), dict(result.metrics or {})


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
