"""Weights on disk: one safetensors file that carries the network's configuration in its header.

Settings of the tracker that were chosen for the weights are there too. Nothing is unpickled. The digest of
the file names the model in every result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from mot_model.network import JointNetwork, NetworkConfig
from mot_model.tracker_config import TrackerConfig
from mot_platform.config import describe
from mot_platform.errors import InputError

FORMAT = "mot-action/1"
FILE_NAME = "model.safetensors"
RUN_KEY = "mlflow_run_id"
"""In the header of weights that have left the folder of their run."""
TRACKER_KEY = "tracker"
"""In the header of weights that the settings of the tracker were chosen for."""


def save_weights(
    path: Path,
    network: JointNetwork,
    *,
    dtype: torch.dtype = torch.float32,
    mlflow_run_id: str | None = None,
    tracker: TrackerConfig | None = None,
) -> None:
    """Write the parameters and configuration of `network`, training branches included.

    Args:
        path: The file.
        network: In training form, not folded.
        dtype: Type in which kernels and matrices are stored; the network that loads them has them in
            float32. float16 halves the file and changes scores by less than 1e-3 (bfloat16: 7e-3).
        mlflow_run_id: The run that trained it, for a file that leaves the run's folder.
        tracker: Association settings that were chosen for these weights; they then hold wherever the file
            is used without others.
    """
    metadata = {"format": FORMAT, "network": json.dumps(asdict(network.config))}
    if tracker is not None:
        metadata[TRACKER_KEY] = json.dumps(asdict(tracker))
    if mlflow_run_id is not None:
        metadata[RUN_KEY] = mlflow_run_id
    tensors = {name: _stored(tensor, dtype) for name, tensor in network.state_dict().items()}
    save_file(tensors, path, metadata=metadata)


def _stored(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return `tensor` as it is written: kernels are nearly all of the bytes, norms and biases are exact."""
    is_kernel = tensor.is_floating_point() and tensor.ndim > 1
    return tensor.detach().to("cpu", dtype if is_kernel else tensor.dtype).contiguous()


def load_network(path: Path) -> JointNetwork:
    """Return the network stored in `path`, in training form.

    Raises:
        InputError: if the file is no safetensors, not ours, or of another architecture.
    """
    with opened(path) as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    network = JointNetwork(stored_config(path, metadata))
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(
            f"{path}: weights of another architecture than their configuration: {reason}"
        ) from error
    return network


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Hold a safetensors file open for reading.

    Raises:
        InputError: if it is none.
    """
    try:
        with safe_open(path, "pt") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path}: not a readable safetensors file: {error}") from error


def stored_config(path: Path, metadata: dict[str, str]) -> NetworkConfig:
    """Return the network configuration in the header of a weights file."""
    if metadata.get("format") != FORMAT:
        raise InputError(
            f"{path}: not weights of this project (format {metadata.get('format')!r}, expected {FORMAT!r}); "
            "train some with `mot-action train` or `mot-action demo`"
        )
    try:
        return TypeAdapter(NetworkConfig).validate_json(metadata["network"], extra="forbid")
    except (KeyError, ValidationError) as error:
        reason = describe(error) if isinstance(error, ValidationError) else "no configuration in the header"
        raise InputError(f"{path}: weights of another architecture: {reason}") from None


def stored_tracker(path: Path) -> TrackerConfig | None:
    """Return the tracker settings in the header of a weights file, None if there are none.

    Raises:
        InputError: if the file is no safetensors, or a setting is unknown or impossible.
    """
    with opened(path) as file:
        stored = (file.metadata() or {}).get(TRACKER_KEY)
    if stored is None:
        return None
    try:
        return TypeAdapter(TrackerConfig).validate_json(stored, extra="forbid")
    except ValidationError as error:
        raise InputError(f"{path}: tracker settings in its header: {describe(error)}") from None
