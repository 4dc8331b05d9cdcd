"""What each Ray Train worker runs: step, report, checkpoint, validate."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter

from mot_platform.model_identity import ModelIdentity, local_file
from mot_platform.training.config import TrainConfig
from mot_platform.training.ray_loading import load_clips_on_ray
from mot_platform.training.session import TrainingSession, device_of_worker, mean_of
from mot_platform.training.validation import validate

METRICS_FILE = "metrics.json"
"""In a checkpoint: the report that came with it."""


def train_worker(settings: dict[str, Any]) -> None:
    """Train to the last step, continuing from the newest checkpoint when there is one.

    Args:
        settings: The run, a `TrainConfig` as plain data, and the `weights` that it begins with, if any.
    """
    from ray import train

    config = TypeAdapter(TrainConfig).validate_python(settings["run"])
    weights: ModelIdentity | None = settings["weights"]
    context = train.get_context()
    rank, world_size = context.get_world_rank(), context.get_world_size()
    device = device_of_worker()
    if device.type == "cpu":
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // context.get_local_world_size()))
    session = TrainingSession(config, device=device, rank=rank, world_size=world_size)
    checkpoint = train.get_checkpoint()
    if checkpoint is not None:
        with checkpoint.as_directory() as folder:
            session.restore(Path(folder))
            # A kill between a checkpoint and its record would leave a gap; what is on record is not repeated.
            train.report(json.loads((Path(folder) / METRICS_FILE).read_text()))
    elif weights is not None:
        session.begin_with(local_file(weights))
    pending: list[dict[str, float]] = []
    on_ray = config.data.loader == "ray"
    batches = load_clips_on_ray(config, session.clip_numbers()) if on_ray else None
    for step_metrics in session.run(batches):
        pending.append(step_metrics)
        is_last = session.step == config.steps
        due = is_last or session.step % config.checkpoint_every_steps == 0
        if due or session.step % config.log_every_steps == 0:
            metrics = mean_of(pending) | {"step": float(session.step), "workers": float(world_size)}
            metrics["frames_per_second"] = metrics.pop("frames") / metrics.pop("step_seconds")
            pending = []
            if due:
                metrics |= validate(session, rank, world_size)
                report_checkpoint(session, metrics, rank)
            else:
                train.report(metrics)


def report_checkpoint(session: TrainingSession, metrics: dict[str, float], rank: int) -> None:
    """Report `metrics` with a checkpoint; rank 0 writes it, every rank must call."""
    from ray import train

    with tempfile.TemporaryDirectory() as folder:
        if rank == 0:
            session.save(Path(folder))
            (Path(folder) / METRICS_FILE).write_text(json.dumps(metrics))
            train.report(metrics, checkpoint=train.Checkpoint.from_directory(folder))
        else:
            train.report(metrics)
