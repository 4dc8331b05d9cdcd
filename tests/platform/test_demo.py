"""The main job from corpus to report on real Ray, at sizes that fit a test and teach nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from mot_platform.config import load_config, shipped_config
from mot_platform.demo import DemoConfig, run_demo
from mot_platform.errors import InputError
from mot_platform.training.config import TrainConfig

TINY = DemoConfig(
    train_videos=2,
    test_videos=2,
    train_seconds=1.0,
    test_seconds=1.0,
    size_wh=(160, 96),
    overrides=("steps=4", "network.input_wh=[96,64]", "log_every_steps=2"),
)


@pytest.mark.ray
@pytest.mark.filterwarnings("default")  # Ray's and MLflow's own deprecations
@pytest.mark.usefixtures("local_ray")
def test_the_whole_path_ends_with_a_report_and_runs_again_at_once(tmp_path: Path) -> None:
    lines: list[str] = []
    result = run_demo(tmp_path / "demo", TINY, announce=lines.append)
    page = result.report.read_text()
    assert result.weights.is_file()
    for stage in ("Synthetic corpus", "Training", "Evaluation", "Labelling a folder"):
        assert any(line.startswith(f"{stage} done") for line in lines)
        assert stage in page
    labelled = pyarrow.parquet.read_table(result.labels / "videos").to_pydict()
    assert labelled["status"] == ["done", "done"]
    assert all(labelled["mlflow_run_id"])

    again = run_demo(tmp_path / "demo", TINY, announce=lines.append)
    assert again.weights.stat().st_mtime >= result.weights.stat().st_mtime
    assert any("2 videos done" in line for line in lines[-4:])

    with pytest.raises(InputError, match="another configuration"):
        run_demo(tmp_path / "demo", replace(TINY, overrides=("steps=5",)), announce=lines.append)


def test_the_shipped_training_is_the_one_that_the_demo_names() -> None:
    config = load_config(shipped_config(DemoConfig().training), TrainConfig)
    assert config.network.size == "pico"
    assert config.workers == 2
