"""The engine that runs weights, with the tracker's settings that go with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from mot_model.engine import Engine
from mot_model.network import JointNetwork
from mot_model.perceiver import NetworkPerceiver, StreamedNetwork, TrackIdentifier
from mot_model.track_memory import TrackActionHead
from mot_model.tracker import Tracker, TrackerConfig
from mot_platform.config import load_config, shipped_config
from mot_platform.model_identity import ModelIdentity, local_file, resolve_model
from mot_platform.weights import load_network, stored_tracker

NETWORK_TRACKER = "tracker/network.yaml"


def load_tracker_config(path: Path | None = None) -> TrackerConfig:
    """Return the tracker settings in `path`; None takes those that suit any network's scores.

    Raises:
        InputError: if the file can't be read or a setting is unknown or impossible.
    """
    return load_config(path or shipped_config(NETWORK_TRACKER), TrackerConfig)


def tracker_for(model: ModelIdentity, settings: Path | None = None) -> TrackerConfig:
    """Return the tracker settings that `model` runs with.

    Args:
        model: What runs.
        settings: File that the user gave; None takes what the weights carry, else `load_tracker_config()`.

    Raises:
        InputError: see `load_tracker_config`, `local_file` and `stored_tracker`.
    """
    stored = None if settings else stored_tracker(local_file(model))
    return stored or load_tracker_config(settings)


def load_engine(
    weights: str | ModelIdentity,
    *,
    tracker: TrackerConfig | None = None,
    threads: int = 1,
    use_gpu: bool = True,
) -> Engine:
    """Return the engine that runs `weights`.

    Args:
        weights: See `resolve_model`; what it returned is loaded as the same bytes, or not at all.
        tracker: Association settings; None takes those of `tracker_for`.
        threads: CPU threads of this process. Results are bit-identical only for equal numbers of threads,
            so every command takes the default unless told otherwise.
        use_gpu: Run the network on this process' GPU where it has one; otherwise on the CPU.

    Raises:
        InputError: see `resolve_model`, `local_file` and `load_network`.
    """
    torch.set_num_threads(threads)
    model = resolve_model(weights) if isinstance(weights, str) else weights
    network = load_network(local_file(model))
    if use_gpu and torch.cuda.is_available():
        network = network.cuda()
    return build_engine(network, tracker=tracker or tracker_for(model))


def build_engine(network: JointNetwork, *, tracker: TrackerConfig | None = None) -> Engine:
    """Return the engine that runs `network` as it is now; later training of it has no effect."""
    inference = network.for_inference()
    return engine_around(inference, inference.track_action, tracker=tracker)


def engine_around(
    network: StreamedNetwork, track_action: TrackActionHead, *, tracker: TrackerConfig | None = None
) -> Engine:
    """Return the engine of a network that is ready for inference and of what reads its action features."""
    config = network.config
    settings = replace(tracker or load_tracker_config(), memory_frames=config.memory_frames)
    head = track_action if config.action_ids else None
    return Engine(
        perceiver=NetworkPerceiver(network),
        identifier=TrackIdentifier(Tracker(settings), head, len(config.action_ids)),
        class_names=config.class_names,
        action_ids=config.action_ids,
        action_names=config.action_names,
    )
