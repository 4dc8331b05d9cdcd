"""Training on Ray Train with real workers: resumed by name, recorded once, refused on a mismatch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_platform.experiment import ExperimentRun
from mot_platform.training.config import DataConfig, OptimizerConfig, SourceConfig, TrainConfig
from mot_platform.training.run import train
from mot_platform.weights import load_network, resolve_model


@pytest.fixture
def config(tiny_corpus: Path, tiny_network_config: NetworkConfig) -> TrainConfig:
    corpus = str(tiny_corpus)
    return TrainConfig(
        network=replace(tiny_network_config, action_ids=(), action_names=()),
        data=DataConfig(
            sources=(SourceConfig(root=corpus),), validation=corpus, validation_videos=2, clip_frames=3
        ),
        optimizer=OptimizerConfig(warmup_steps=1),
        steps=6,
        clips_per_step=2,
        checkpoint_every_steps=3,
        log_every_steps=1,
        workers=2,
    )


@pytest.mark.ray
@pytest.mark.filterwarnings("default")  # Ray's and MLflow's own deprecations
@pytest.mark.usefixtures("local_ray")
def test_two_workers_train_to_the_end_and_a_second_call_is_done_at_once(
    config: TrainConfig, tmp_path: Path
) -> None:
    reports: list[dict[str, float]] = []
    result = train(config, name="first", storage=tmp_path, progress=reports.append)
    assert result.metrics["step"] == 6
    assert {"validation/IDF1", "validation/detection_AP50"} <= set(result.metrics)
    assert [int(report["step"]) for report in reports] == [1, 2, 3, 4, 5, 6]
    assert load_network(resolve_model(str(tmp_path / "first")).path).config.action_names[0] != ""
    run = ExperimentRun(tracking_uri=result.tracking_uri, run_id=result.mlflow_run_id)
    assert [step for step, _ in run.history()["loss/total"]] == [1, 2, 3, 4, 5, 6]
    artifacts = {file.path for file in run.client().list_artifacts(run.run_id)}
    assert {"config.yaml", "model.safetensors", "examples"} <= artifacts

    again = train(config, name="first", storage=tmp_path)
    assert again.mlflow_run_id == result.mlflow_run_id
    assert resolve_model(str(again.weights)).digest == resolve_model(str(result.weights)).digest
    assert [step for step, _ in run.history()["loss/total"]] == [1, 2, 3, 4, 5, 6]
