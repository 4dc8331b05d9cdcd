"""Scores of the averaged network on held-out videos, shared out over the workers."""

from __future__ import annotations

from pathlib import Path

import torch.distributed

from mot_platform.corpus import LabelledVideo
from mot_platform.datasets.index import is_index
from mot_platform.datasets.truth import read_labelled
from mot_platform.engines import build_engine
from mot_platform.evaluating import Findings, find, score
from mot_platform.schema import Vocabulary
from mot_platform.training.config import TrainConfig
from mot_platform.training.session import TrainingSession


def validation_videos(config: TrainConfig) -> list[LabelledVideo]:
    """Return the videos to validate on, none if the configuration names no data.

    Raises:
        InputError: if there is nothing to validate on in the data that it names.
    """
    data = config.data
    if data.validation is None:
        return []
    split = data.validation_split if is_index(data.validation) else None
    found = read_labelled(Path(data.validation), split, Vocabulary.of(config.network))
    return found[: data.validation_videos]


def validate(session: TrainingSession, rank: int, world_size: int) -> dict[str, float]:
    """Return `validation/...` scores at the image size of the stage, on every rank; empty without videos.

    Args:
        session: Training to validate.
        rank: This worker's number; each tracks its share of the videos.
        world_size: Workers in all.
    """
    videos = validation_videos(session.config)
    if not videos:
        return {}
    engine = build_engine(session.average.network.at_size(session.stage.input_wh))
    mine = {video.name: find(engine, video.uri, video.frames) for video in videos[rank::world_size]}
    shares: list[dict[str, Findings]] = [mine] * world_size
    if world_size > 1:
        torch.distributed.all_gather_object(shares, mine)
    findings = {name: found for share in shares for name, found in share.items()}
    report = score(engine, videos, findings, with_motmetrics=False)
    return {f"validation/{name}": value for name, value in report.scalars().items()}
