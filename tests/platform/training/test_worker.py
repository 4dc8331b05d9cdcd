"""What a worker reports: checkpoints on the steps that the configuration names, from rank 0 alone."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from ray import train

from mot_model.network import NetworkConfig
from mot_platform.config import plain
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.worker import train_worker


def test_reports_and_checkpoints_come_on_their_steps(
    tiny_corpus: Path, tiny_network_config: NetworkConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = SimpleNamespace(
        get_world_rank=lambda: 0, get_world_size=lambda: 1, get_local_world_size=lambda: 1
    )
    reported: list[tuple[int, bool]] = []
    kept: list[train.Checkpoint] = []

    def report(metrics: dict[str, float], checkpoint: train.Checkpoint | None = None) -> None:
        if checkpoint is not None:
            assert (Path(checkpoint.path) / "model.safetensors").is_file()
            copy = shutil.copytree(checkpoint.path, tmp_path / f"{len(kept)}-{len(reported)}")
            kept.append(train.Checkpoint.from_directory(copy))
        reported.append((int(metrics["step"]), checkpoint is not None))

    monkeypatch.setattr(train, "get_context", lambda: context)
    monkeypatch.setattr(train, "get_checkpoint", lambda: None)
    monkeypatch.setattr(train, "report", report)
    config = TrainConfig(
        network=tiny_network_config,
        data=DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=2),
        steps=5,
        clips_per_step=1,
        checkpoint_every_steps=3,
        log_every_steps=2,
        workers=1,
    )
    train_worker({"run": plain(asdict(config)), "weights": None})
    assert reported == [(2, False), (3, True), (4, False), (5, True)]

    reported.clear()
    monkeypatch.setattr(train, "get_checkpoint", lambda: kept[0])
    train_worker({"run": plain(asdict(config)), "weights": None})
    assert reported == [(3, False), (4, False), (5, True)], "the report of the checkpoint comes again"
