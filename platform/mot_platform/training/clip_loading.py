"""Batches of clips for one training worker, prepared in its own process or in processes beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch.utils.data import DataLoader

from mot_model.clip import ClipBatch
from mot_platform.training.clip_dataset import ClipDataset
from mot_platform.training.clips import Clip, collate
from mot_platform.training.config import TrainConfig
from mot_platform.training.stages import stages_of


def clip_numbers(config: TrainConfig, *, step: int, rank: int = 0, world_size: int = 1) -> list[range]:
    """Return the clips of one worker for each of the steps from `step` on, by their number in the stream.

    A step takes the same clips on any number of workers.
    """
    numbers = []
    for stage in stages_of(config):
        share = stage.clips_per_step // world_size
        for at in range(max(step, stage.steps.start), stage.steps.stop):
            first = stage.clips_of(at).start + rank * share
            numbers.append(range(first, first + share))
    return numbers


def load_clips(config: TrainConfig, numbers: Sequence[range], *, pin_memory: bool) -> Iterable[ClipBatch]:
    """Return the batches of `numbers`, in order.

    Args:
        config: The run; `data.loader_processes` prepare clips while the network computes.
        numbers: Clips of each batch.
        pin_memory: Whether batches go to a GPU.

    Raises:
        InputError: if a source can't be read.
    """
    processes = config.data.loader_processes
    loader: DataLoader[Clip] = DataLoader(
        ClipDataset(config),
        batch_sampler=[list(part) for part in numbers],
        collate_fn=collate,
        num_workers=processes,
        multiprocessing_context="spawn" if processes else None,
        persistent_workers=processes > 0,
        pin_memory=pin_memory,
    )
    return loader
