"""Validation scores the averaged weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from mot_model.network import NetworkConfig
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.session import TrainingSession
from mot_platform.training.validation import validate


def test_scores_come_with_a_validation_corpus_only(
    tiny_corpus: Path, tiny_network_config: NetworkConfig
) -> None:
    corpus = str(tiny_corpus)
    data = DataConfig(sources=(SourceConfig(root=corpus),), validation_videos=1)
    config = TrainConfig(network=tiny_network_config, data=data, workers=1)
    session = TrainingSession(config, device=torch.device("cpu"))
    assert validate(session, 0, 1) == {}
    session.config = replace(config, data=replace(data, validation=corpus))
    scores = validate(session, 0, 1)
    assert {"validation/HOTA", "validation/detection_AP50"} <= set(scores)
