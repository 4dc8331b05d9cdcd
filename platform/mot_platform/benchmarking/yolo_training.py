"""YOLO trained from scratch by `ultralytics` itself: its own recipe, for a given time, nothing downloaded."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from matplotlib import get_data_path
from safetensors.torch import load_file, save_file
from torch import nn
from torch.utils.data import RandomSampler

from mot_platform.benchmarking.peer_training import Budget, TrainingClock, TrainingRecord
from mot_platform.benchmarking.yolo_frames import ExportedFrames

BATCH_IMAGES = 16
"""The library's default."""
IMAGES_OF_UPDATE = 64
"""Images whose gradients it sums up for one update, its default too."""
EPOCHS = 100
"""Length of a training that the library's defaults are made for: 3 epochs of warm-up, 10 without mosaic."""
PROBE_S = 15.0
SERVICES = ("sync", "clearml", "comet", "dvc", "mlflow", "raytune", "tensorboard", "wandb")


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How a training is cut into epochs, by which the recipe sets learning rate, warm-up and mosaic."""

    epochs: int
    epoch_images: int

    @property
    def updates(self) -> int:
        """Steps of the optimiser."""
        return max(1, self.epochs * self.epoch_images // IMAGES_OF_UPDATE)


def course_for(affordable_images: float, num_images: int) -> Course:
    """Return the course of a training that will see `affordable_images` out of `num_images` different ones.

    A short training of many images would end within its first epochs and never see what the recipe does
    later. Such an epoch is a random part of the images.

    Examples:
        >>> course_for(200_000, 24_000), course_for(60_000, 600)
        (Course(epochs=100, epoch_images=2000), Course(epochs=100, epoch_images=600))
    """
    wanted = max(BATCH_IMAGES, round(affordable_images / EPOCHS))
    epoch_images = min(num_images, wanted)
    return Course(epochs=max(1, round(affordable_images / epoch_images)), epoch_images=epoch_images)


def isolate_library(folder: Path) -> None:
    """Keep the library from the network, from services and from the home folder; before its first import.

    Args:
        folder: Gets its settings.
    """
    settings_folder = folder / "Ultralytics"
    settings_folder.mkdir(parents=True, exist_ok=True)
    # A font that it would download else; it draws nothing here.
    shutil.copy(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", settings_folder / "Arial.ttf")
    os.environ.update(YOLO_CONFIG_DIR=str(folder), YOLO_OFFLINE="true")
    os.environ.update(YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")
    import_module("ultralytics.utils").SETTINGS.update(dict.fromkeys(SERVICES, False))


def train_yolo(
    name: str, frames: ExportedFrames, *, input_wh: tuple[int, int], budget: Budget, folder: Path
) -> tuple[nn.Module, TrainingRecord]:
    """Return the averaged weights of a YOLO trained on `frames`, as a network in training form.

    Args:
        name: Its architecture, such as `yolo11n`.
        frames: What to learn from.
        input_wh: Size of a frame; the recipe trains on squares of the longer side.
        budget: Time and threads. Measuring the speed beforehand takes `PROBE_S` more.
        folder: Gets the library's own files.

    Raises:
        ImportError: if the library is not installed.
    """
    isolate_library(folder)
    given = {"model": f"{name}.yaml", "data": str(frames.data_file), "imgsz": max(input_wh)}
    everything = Course(epochs=1, epoch_images=frames.num_images)
    probe = replace(budget, limit_s=min(PROBE_S, budget.limit_s))
    _, tried = _train(given, everything, probe, folder / f"{name}_probe")
    course = course_for(tried.samples / tried.seconds * budget.limit_s, frames.num_images)
    return _train(given, course, budget, folder / name)


def _train(
    given: dict[str, Any], course: Course, budget: Budget, folder: Path
) -> tuple[nn.Module, TrainingRecord]:
    trainer: Any = import_module("ultralytics.models.yolo.detect").DetectionTrainer(
        overrides={
            **given,
            "pretrained": False,
            "epochs": course.epochs,
            "time": budget.limit_s / 3600,
            "batch": BATCH_IMAGES,
            "nbs": IMAGES_OF_UPDATE,
            "workers": 0,
            "device": "cpu",
            "amp": False,
            "seed": budget.seed,
            "val": False,
            "plots": False,
            "verbose": False,
            "project": str(folder.parent),
            "name": folder.name,
            "exist_ok": True,
        }
    )
    clock = TrainingClock(budget=budget)
    _keep_test_data_out(trainer)
    _shorten_epochs(trainer, course)
    _measure(trainer, clock)
    trainer.train()
    network: nn.Module = trainer.ema.ema
    return network.float().eval(), clock.record()


def _keep_test_data_out(trainer: Any) -> None:
    """Take the last averaged weights instead of those that do best on validation frames, of which none are.

    Nothing of `torchvision` is imported then, of which not every build of torch has a working one.
    """
    trainer.get_validator = lambda: SimpleNamespace(metrics=SimpleNamespace(keys=[]))
    trainer.validate = lambda: ({}, None)
    trainer.final_eval = lambda: None
    trainer.save_model = lambda: False  # the weights are taken from memory


def _shorten_epochs(trainer: Any, course: Course) -> None:
    """Make an epoch a random part of the images, and choose the optimiser by the updates there will be."""
    load, build = trainer.get_dataloader, trainer.build_optimizer

    def loaded(*arguments: Any, **options: Any) -> Any:
        loader = load(*arguments, **options)
        if options.get("mode") == "train":
            drawn = RandomSampler(loader.dataset, num_samples=course.epoch_images, generator=loader.generator)
            loader.batch_sampler.sampler.sampler = drawn
        return loader

    def built(**options: Any) -> Any:
        return build(**options | {"iterations": course.updates})

    trainer.get_dataloader, trainer.build_optimizer = loaded, built


def _measure(trainer: Any, clock: TrainingClock) -> None:
    def begin(_: Any) -> None:
        torch.set_num_threads(clock.budget.threads)  # the library has chosen another number
        clock.restart()

    def count(trained: Any) -> None:
        clock.count(BATCH_IMAGES, float(trained.loss.detach()) / BATCH_IMAGES)
        trained.stop = clock.progress >= 1  # the library itself looks only after several batches

    trainer.add_callback("on_train_start", begin)
    trainer.add_callback("on_train_batch_end", count)


def save_yolo(path: Path, network: nn.Module) -> None:
    """Write the weights of a YOLO."""
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)


def load_yolo(path: Path, name: str, *, num_classes: int) -> nn.Module:
    """Return a YOLO with the weights in `path`, in training form.

    Raises:
        ImportError: if the library is not installed.
    """
    isolate_library(path.parent)
    model = import_module("ultralytics.nn.tasks").DetectionModel
    network: nn.Module = model(f"{name}.yaml", nc=num_classes, verbose=False)
    network.load_state_dict(load_file(path))
    return network.eval()
