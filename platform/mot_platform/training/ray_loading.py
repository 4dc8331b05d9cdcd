"""Batches of clips prepared by a pool of Ray actors: decoding on CPU nodes, training where the GPUs are.

Each training worker asks for its own clips in their order, so that the batches are those of `clip_loading`,
on any number of actors. A batch travels as safetensors through Ray's object store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any

import safetensors.torch
from pydantic import TypeAdapter

from mot_model.clip import ClipBatch
from mot_platform.config import plain
from mot_platform.training.clip_dataset import ClipDataset
from mot_platform.training.clips import collate
from mot_platform.training.config import TrainConfig

STEPS_PER_TASK = 4
"""Batches that one task of an actor prepares."""


class ClipReader:
    """An actor of the pool: from numbers of clips to batches.

    Args:
        settings: A `TrainConfig` as plain data.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        import torch

        torch.set_num_threads(1)
        config = TypeAdapter(TrainConfig).validate_python(settings)
        self._clips = ClipDataset(config)

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        """Return the batch of the clips `[first, stop)`."""
        batch = collate([self._clips[number] for number in range(row["first"], row["stop"])])
        tensors = {field.name: getattr(batch, field.name).contiguous() for field in fields(batch)}
        return {"batch": safetensors.torch.save(tensors)}


def load_clips_on_ray(config: TrainConfig, numbers: Sequence[range]) -> Iterator[ClipBatch]:
    """Yield the batches of `numbers`, in order; `data.loader_processes` actors prepare them.

    Needs a live Ray connection.

    Args:
        config: The run.
        numbers: Clips of each batch.
    """
    import ray

    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    if not numbers:
        return
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    rows = [{"first": part.start, "stop": part.stop} for part in numbers]
    batches = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // STEPS_PER_TASK)).map(
        ClipReader,
        fn_constructor_args=(plain(asdict(config)),),
        compute=ray.data.ActorPoolStrategy(size=max(1, config.data.loader_processes)),
        num_cpus=1,
    )
    for row in batches.iter_rows():
        yield ClipBatch(**safetensors.torch.load(row["batch"]))
