"""Fixtures that every part shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.cluster import ray_session
from mot_platform.experiment import begin_or_resume
from mot_platform.shipping.card import DataFacts, EvaluationFacts, ModelCard, TrainingFacts
from mot_platform.synth.corpus import CorpusConfig, generate_corpus
from mot_platform.weights import FILE_NAME, save_weights

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# Local runs of the suite compute what CI computes: one thread, no telemetry.
torch.set_num_threads(1)
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", RAY_USAGE_STATS_ENABLED="0")
os.environ.pop("MLFLOW_TRACKING_URI", None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real sequences beside the checkout, or skip the test."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data not found at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of three videos of 20 frames."""
    root = tmp_path_factory.mktemp("corpus") / "tiny"
    config = CorpusConfig(
        num_videos=3, seconds=2.0, size_wh=(160, 96), seed=5, frame_rate_hz=10.0, difficulty="easy"
    )
    generate_corpus(root, config=config, workers=1)
    return root


@pytest.fixture(scope="session")
def tiny_network_config() -> NetworkConfig:
    """Return a network small enough for tests, with two actions."""
    return NetworkConfig(
        size="pico",
        input_wh=(160, 96),
        temporal_dilations=(1, 2),
        action_ids=(11, 12),
        action_names=("sit", "stand"),
        embedding_dim=16,
        action_dim=16,
        memory_frames=2,
    )


@pytest.fixture(scope="session")
def untrained_weights(tmp_path_factory: pytest.TempPathFactory, tiny_network_config: NetworkConfig) -> Path:
    """Return weights that have learnt nothing but see things everywhere: tracks to compare."""
    torch.manual_seed(0)
    network = sure_network(tiny_network_config)
    path = tmp_path_factory.mktemp("weights") / FILE_NAME
    save_weights(path, network)
    return path


def sure_network(config: NetworkConfig) -> JointNetwork:
    """Return a network with random parameters that finds something in every frame."""
    network = JointNetwork(config)
    with torch.no_grad():
        network.heads.one_to_one.score.weight.normal_(std=0.5)
        network.heads.one_to_one.score.bias.fill_(2.0)
        network.heads.one_to_one.distance.bias.add_(0.3)  # larger boxes, which repeat each other and go
    return network


@pytest.fixture(scope="session")
def recorded_runs(tmp_path_factory: pytest.TempPathFactory, tiny_network_config: NetworkConfig) -> Path:
    """Return a folder `runs` as training leaves it: an MLflow store, and the runs `first` and `second`.

    One store for all tests, for MLflow makes it slowly; each test takes a registered name of its own.
    """
    storage = tmp_path_factory.mktemp("recorded") / "runs"
    for seed, name in enumerate(("first", "second")):
        run = begin_or_resume(storage, name, {})
        run.log_metrics({"validation/IDF1": 0.5 + seed / 4}, 10)
        torch.manual_seed(seed)
        save_weights(storage / name / FILE_NAME, sure_network(tiny_network_config))
    return storage


@pytest.fixture(scope="session")
def model_card() -> ModelCard:
    """Return a card of weights that do not exist."""
    trained = DataFacts(what="800 synthetic videos", seed=11, licence="Drawn")
    return ModelCard(
        name="nano",
        license="mit",
        library_name="mot-action",
        digest="ab" * 32,
        size="nano",
        parameters=1_441_020,
        inference_parameters=1_302_234,
        input_wh=(320, 192),
        receptive_field_frames=15,
        class_names=("person",),
        action_ids=(11, 80),
        action_names=("sit", "watch (a person)"),
        tracker=None,
        hardware="2 CPU cores",
        training=(
            TrainingFacts(
                name="first",
                mlflow_run_id="0123",
                began_with=None,
                steps=9000,
                clips=72_000,
                clip_frames=8,
                image_sizes=("160x96", "320x192"),
                hours=3.14,
                data=(trained,),
            ),
        ),
        evaluation=EvaluationFacts(
            data=replace(trained, what="16 synthetic videos", seed=9001),
            videos=16,
            frames=1600,
            scores={"IDF1": 0.8765, "IDSW": 4.0},
        ),
        code_version="0.1.0",
        versions={"torch": "2.13.0"},
    )


@pytest.fixture(scope="session")
def local_ray() -> Iterator[None]:
    """Hold one local Ray for all tests that need it."""
    with ray_session(num_cpus=4):
        yield
