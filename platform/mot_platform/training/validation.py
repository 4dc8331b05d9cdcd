"""Scores of the averaged network on held-out videos, shared out over the workers."""

from __future__ import annotations

import torch.distributed

from mot_platform.corpus import read_corpus
from mot_platform.evaluating import Findings, find, score
from mot_platform.training.session import TrainingSession
from mot_platform.weights import build_engine


def validate(session: TrainingSession, rank: int, world_size: int) -> dict[str, float]:
    """Return `validation/...` scores on every rank, empty without a validation corpus.

    Args:
        session: Training to validate.
        rank: This worker's number; each tracks its share of the videos.
        world_size: Workers in all.
    """
    data = session.config.data
    if data.validation is None:
        return {}
    videos = read_corpus(data.validation)[: data.validation_videos]
    engine = build_engine(session.average.network)
    mine = {video.name: find(engine, video.uri) for video in videos[rank::world_size]}
    shares: list[dict[str, Findings]] = [mine] * world_size
    if world_size > 1:
        torch.distributed.all_gather_object(shares, mine)
    findings = {name: found for share in shares for name, found in share.items()}
    report = score(engine, videos, findings, with_motmetrics=False)
    return {f"validation/{name}": value for name, value in report.scalars().items()}
