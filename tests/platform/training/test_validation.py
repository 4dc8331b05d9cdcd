"""Validation scores the averaged weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from mot_model.network import NetworkConfig
from mot_platform.training.config import DataConfig, SourceConfig, StageConfig, TrainConfig
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


def test_the_size_of_validation_is_that_of_the_last_step(tiny_network_config: NetworkConfig) -> None:
    small = StageConfig(steps=3, input_wh=(32, 32))
    config = TrainConfig(network=tiny_network_config, stages=(small,), steps=5, workers=1)
    session = TrainingSession(config, device=torch.device("cpu"))
    sizes = []
    for session.step in (1, 3, 4, 5):
        sizes.append(session.stage.input_wh)
    own = tiny_network_config.input_wh
    assert sizes == [(32, 32), (32, 32), own, own]
    resized = session.average.network.at_size((32, 32))
    assert resized.config.input_wh == (32, 32)
    assert session.average.network.config.input_wh == own
    assert resized.backbone is session.average.network.backbone
