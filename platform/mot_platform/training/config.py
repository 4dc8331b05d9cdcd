"""The configuration of a training run; one file, `configs/train/*.yaml`, fixes all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from mot_model.losses import LossConfig
from mot_model.network import INPUT_MULTIPLE, NetworkConfig
from mot_platform.errors import InputError
from mot_platform.training.augmentation import AugmentationConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConfig:
    """One data set to train on."""

    root: str
    """An index that `data prepare` made, or the folder of a corpus, all of which is trained on."""
    source: str | None = None
    """The one source of the index to take; None takes all as one."""
    split: str = "train"
    """The split of an index to train on."""
    weight: float = 1.0
    """Share of clips drawn from it, relative to the other entries."""
    digest: str | None = None
    """Digest of the index; filled in when a run begins, which goes on with the same data only."""
    rare_actions: float = 0.0
    """Actions in a smaller share of clips than this are shown more often; 0 shows each clip once an epoch."""

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"data.sources: weight of {self.root} must be positive, got {self.weight}")
        if not 0 <= self.rare_actions <= 1:
            raise ValueError(
                f"data.sources: rare_actions of {self.root} must be in [0, 1], got {self.rare_actions}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class DataConfig:
    """What is trained and validated on."""

    sources: tuple[SourceConfig, ...] = ()
    """Corpora to train on."""
    validation: str | None = None
    """Corpus or index whose videos are tracked and scored at every checkpoint."""
    validation_split: str = "val"
    """The split of an index to validate on."""
    validation_videos: int = 2
    """Videos of it to use."""
    clip_frames: int = 8
    """Frames T of a training clip."""
    neighbours: int = 1
    """Clips next to each other in a video that are taken one after the other. More than 1 saves decoding
    where keyframes are far apart; batches then vary less."""
    pairs: bool = False
    """Whether clips come in twos, from different times of a video: identities then learn to last."""
    strides: tuple[int, ...] = (1,)
    """Steps from one frame of a clip to the next, one of them for each clip; 2 looks twice as fast."""
    reverse_probability: float = 0.0
    """Chance that a clip runs backwards, where no actions are labelled."""
    min_visibility: float = 0.15
    """Objects less visible than this are neither required nor forbidden."""
    loader: Literal["process", "ray"] = "process"
    """Where clips are decoded: on the training worker's machine, or by Ray Data anywhere in the cluster."""
    loader_processes: int = 0
    """Processes that prepare clips for each training worker; 0 prepares them in the worker (one for ray)."""
    cache_mib: float = 1024.0
    """Memory of each training worker for decoded frames of short videos; 0 decodes every clip anew."""
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    """Random changes of the clips."""

    def __post_init__(self) -> None:
        if self.clip_frames < 1:
            raise ValueError(f"data.clip_frames must be at least 1, got {self.clip_frames}")
        if self.neighbours < 1:
            raise ValueError(f"data.neighbours must be at least 1, got {self.neighbours}")
        if not self.strides or min(self.strides) < 1:
            raise ValueError(f"data.strides must name steps of at least 1, got {self.strides}")
        if not 0 <= self.reverse_probability <= 1:
            raise ValueError(f"data.reverse_probability must be in [0, 1], got {self.reverse_probability}")


@dataclass(frozen=True, kw_only=True, slots=True)
class StageConfig:
    """A part of the run on images of another size, before the rest of it on the network's own."""

    steps: int
    """Optimiser steps."""
    input_wh: tuple[int, int]
    """Width and height of the images in pixels, multiples of 32; smaller ones are faster."""
    clips_per_step: int | None = None
    """Clips of one step; None takes as many as the rest of the run."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"stages: steps must be at least 1, got {self.steps}")
        if any(side <= 0 or side % INPUT_MULTIPLE for side in self.input_wh):
            raise ValueError(f"stages: input_wh must be multiples of {INPUT_MULTIPLE}, got {self.input_wh}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerConfig:
    """AdamW with warm-up, cosine decay and an average of the weights."""

    learning_rate: float = 2e-3
    """Peak learning rate."""
    final_fraction: float = 0.02
    """Learning rate at the last step, relative to the peak."""
    warmup_steps: int = 50
    """Steps of linear rise."""
    weight_decay: float = 0.05
    """Decay of convolution kernels; biases and norms have none."""
    gradient_clip: float = 10.0
    """Largest gradient norm."""
    ema_decay: float = 0.998
    """Decay of the averaged weights, which are the ones that are evaluated and shipped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """A training run."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    """Architecture. Classes and actions come from the first source when left empty."""
    weights: str | None = None
    """Weights to begin with: a path, a shipped name or models:/NAME@ALIAS; None begins from nothing."""
    weights_digest: str | None = None
    """Digest of these weights; filled in when a run begins, which goes on with the same ones only."""
    data: DataConfig = field(default_factory=DataConfig)
    """Sources and clips."""
    loss: LossConfig = field(default_factory=LossConfig)
    """What is learned."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """Optimiser and schedule."""
    stages: tuple[StageConfig, ...] = ()
    """What comes first, at other image sizes; the steps that are left have the network's."""
    steps: int = 500
    """Optimiser steps in all, stages included."""
    clips_per_step: int = 4
    """Clips of one step, over all workers."""
    checkpoint_every_steps: int = 100
    """Steps between checkpoints, each with a validation when there is a validation corpus."""
    log_every_steps: int = 10
    """Steps between reports of losses."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of the network; auto takes bfloat16 where the hardware computes in it."""
    gpus_per_worker: float | None = None
    """GPUs of a worker; None: one where the machine that starts the run has a GPU, else none."""
    workers: int | tuple[int, int] = 2
    """Data-parallel processes; a pair is the fewest and the most of an elastic run."""
    seed: int = 0
    """Seed of weights, clip order and augmentation."""

    def __post_init__(self) -> None:
        for name in ("steps", "clips_per_step", "checkpoint_every_steps", "log_every_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if sum(stage.steps for stage in self.stages) >= self.steps:
            raise ValueError(
                f"stages must leave some of the {self.steps} steps for the network's own image size"
            )
        if self.gpus_per_worker is not None and self.gpus_per_worker < 0:
            raise ValueError(f"gpus_per_worker must not be negative, got {self.gpus_per_worker}")
        if self.network.memory_frames > self.data.clip_frames:
            raise ValueError(
                f"network.memory_frames {self.network.memory_frames} is longer than data.clip_frames "
                f"{self.data.clip_frames}: training would never fill the memory that inference uses"
            )
        counts = self.worker_counts
        parts = 2 if self.data.pairs else 1
        if not counts or counts[0] < 1:
            raise ValueError(f"workers must be at least 1, or a rising pair of such, got {self.workers}")
        for clips in (self.clips_per_step, *(stage.clips_per_step or 0 for stage in self.stages)):
            uneven = [str(count) for count in counts if clips % (count * parts)]
            if uneven:
                twice = "twice " if self.data.pairs else ""
                raise ValueError(
                    f"clips_per_step {clips} must divide by {twice}every number of workers, "
                    f"and does not by {', '.join(uneven[:5])}"
                )

    @property
    def worker_counts(self) -> range:
        """Numbers of workers that the run may have."""
        fewest, most = (self.workers, self.workers) if isinstance(self.workers, int) else self.workers
        return range(fewest, most + 1)


def parse_workers(text: str) -> int | tuple[int, int]:
    """Return the `workers` that a command line means by `2` or `1:4`.

    Raises:
        InputError: if it means nothing.

    Examples:
        >>> parse_workers("2"), parse_workers("1:4")
        (2, (1, 4))
    """
    match = re.fullmatch(r"(\d+)(?::(\d+))?", text)
    if match is None:
        raise InputError(f"--workers {text}: expected a number such as 2, or a range such as 1:4")
    fewest, most = match.groups()
    return int(fewest) if most is None else (int(fewest), int(most))
