"""YOLO's own training under our clock."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mot_model.network import NetworkConfig
from mot_platform.benchmarking.peer_training import Budget
from mot_platform.benchmarking.yolo_frames import export_frames
from mot_platform.benchmarking.yolo_training import (
    BATCH_IMAGES,
    Course,
    course_for,
    isolate_library,
    load_yolo,
    save_yolo,
    train_yolo,
)
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig


@pytest.mark.parametrize(
    ("affordable", "images", "course"),
    [
        pytest.param(200_000, 24_000, Course(epochs=100, epoch_images=2000), id="many images, little time"),
        pytest.param(180_000, 600, Course(epochs=300, epoch_images=600), id="few images, much time"),
        pytest.param(3, 24_000, Course(epochs=1, epoch_images=BATCH_IMAGES), id="no time"),
    ],
)
def test_the_recipe_sees_as_many_epochs_as_it_is_made_for(
    affordable: float, images: int, course: Course
) -> None:
    assert course_for(affordable, images) == course
    assert course.updates >= 1


@pytest.mark.filterwarnings("ignore")  # of the library
def test_a_training_ends_by_the_clock_and_its_weights_come_back(tiny_corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("ultralytics")
    source = SourceConfig(root=str(tiny_corpus))
    config = TrainConfig(
        network=NetworkConfig(input_wh=(64, 64)), data=DataConfig(sources=(source,), clip_frames=8)
    )
    frames = export_frames(config, tmp_path / "frames")
    trained, record = train_yolo(
        "yolo11n", frames, input_wh=(64, 64), budget=Budget(limit_s=2.0), folder=tmp_path
    )
    assert record.samples >= BATCH_IMAGES
    assert len(record.losses)
    save_yolo(tmp_path / "yolo.safetensors", trained)
    loaded = load_yolo(tmp_path / "yolo.safetensors", "yolo11n", num_classes=1)
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(image)[0], trained(image)[0])


def test_the_library_stays_away_from_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ultralytics")
    for name in ("YOLO_CONFIG_DIR", "YOLO_OFFLINE", "YOLO_AUTOINSTALL", "YOLO_VERBOSE"):
        monkeypatch.setenv(name, "")
    isolate_library(tmp_path)
    from ultralytics.utils import SETTINGS

    assert not any(SETTINGS[name] for name in ("sync", "mlflow", "wandb"))
