"""A training that begins with given weights: which ones, what of them fits, and taking that over."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from mot_model.network import JointNetwork
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.training.config import TrainConfig
from mot_platform.weights import load_network

MAX_NAMES = 8

log = logging.getLogger(__name__)


def with_pinned_weights(config: TrainConfig) -> TrainConfig:
    """Return `config` with the exact weights that it begins with: their lasting address and their digest.

    What does not fit the network is said in one line of the log.

    Raises:
        InputError: if there are none, they are not those that `config` names the digest of, or they are of
            another network size.
    """
    if config.weights is None:
        return config
    model = resolve_model(config.weights)
    if config.weights_digest not in (None, model.digest):
        raise InputError(
            f"weights: {config.weights} has digest {model.digest[:12]}, not {config.weights_digest[:12]}: "
            "other weights than those asked for; give their own digest or none"
        )
    given = load_network(model.path)
    if given.config.size != config.network.size:
        raise InputError(
            f"weights: {config.weights} is of size {given.config.size}, network.size is "
            f"{config.network.size}; begin with weights of that size or change it"
        )
    with torch.device("meta"):
        wanted = JointNetwork(config.network).state_dict()
    if left := sorted(wanted.keys() - fitting(wanted, given.state_dict()).keys()):
        more = ", ..." if len(left) > MAX_NAMES else ""
        log.warning(
            "weights: %d of %d tensors of the network have no counterpart of their shape in %s, they begin "
            "at random: %s",
            len(left),
            len(wanted),
            config.weights,
            ", ".join(left[:MAX_NAMES]) + more,
        )
    return replace(config, weights=model.uri, weights_digest=model.digest)


def take_over(network: JointNetwork, weights: Path) -> None:
    """Give `network` each tensor of `weights` that has the name and shape of one of its own."""
    found = fitting(network.state_dict(), load_network(weights).state_dict())
    network.load_state_dict(found, strict=False)


def fitting(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return those of `found` that are wanted in that shape."""
    return {
        name: value for name, value in found.items() if name in wanted and wanted[name].shape == value.shape
    }
