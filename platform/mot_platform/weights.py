"""Weights on disk: one safetensors file that carries the network's configuration in its header.

So are settings of the tracker that were chosen for the weights. Nothing is unpickled. The digest of the file
names the model in every result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from mot_model.engine import Engine
from mot_model.network import JointNetwork, NetworkConfig
from mot_model.perceiver import NetworkPerceiver, StreamedNetwork, TrackIdentifier
from mot_model.track_memory import TrackActionHead
from mot_model.tracker import Tracker, TrackerConfig
from mot_platform.config import describe, load_config, shipped_config
from mot_platform.errors import InputError
from mot_platform.provenance import training_run_id
from mot_platform.registry import SCHEME, check_digest, file_digest, find, open_registry, registry_at
from mot_platform.shipped_weights import shipped_file, shipped_names

FORMAT = "mot-action/1"
FILE_NAME = "model.safetensors"
NETWORK_TRACKER = "tracker/network.yaml"
RUN_KEY = "mlflow_run_id"
"""In the header of weights that have left the folder of their run."""
TRACKER_KEY = "tracker"
"""In the header of weights that the settings of the tracker were chosen for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelIdentity:
    """Which model made a result. Picklable: every process of a job loads these very bytes."""

    uri: str
    """The path or shipped name that the user gave, or the address of the version that theirs led to."""
    path: Path
    """The safetensors file on the machine that resolved it."""
    digest: str
    """SHA-256 of the file, hex."""
    mlflow_run_id: str | None = None
    """The run that trained it, None if unknown."""
    tracking_uri: str | None = None
    """The MLflow store of a registered version, None for any other."""


def resolve_model(weights: str) -> ModelIdentity:
    """Return the model that `weights` names, pinned to a version and digest.

    Args:
        weights: A safetensors file, a folder that holds `model.safetensors`, the name of weights that come
            with the package such as `nano`, or the address of a registered model such as
            `models:/mot-action@champion`. A file or folder of a shipped name wins over what is shipped.

    Raises:
        InputError: if there is no such file or version, or the file is not the one that was registered.
    """
    if weights.startswith(SCHEME):
        registry = open_registry()
        version = find(weights, registry)
        return ModelIdentity(
            uri=version.uri,
            path=registry.fetch(version),
            digest=version.digest,
            mlflow_run_id=version.mlflow_run_id,
            tracking_uri=registry.tracking_uri,
        )
    path = file_at(weights) or shipped_file(weights)
    if path is None:
        names = f", or one of the shipped {', '.join(shipped_names())}" if shipped_names() else ""
        raise InputError(
            f"{weights}: no weights there; give a .safetensors file, a folder with {FILE_NAME}{names}"
        )
    path = path.resolve()
    return ModelIdentity(uri=weights, path=path, digest=file_digest(path), mlflow_run_id=trained_by(path))


def file_at(weights: str) -> Path | None:
    """Return the file of weights that a path leads to: itself, or the one in a folder; None without one."""
    path = Path(weights)
    return next((file for file in (path, path / FILE_NAME) if file.is_file()), None)


def trained_by(path: Path) -> str | None:
    """Return the MLflow run that trained the weights, noted beside them or in their header."""
    with opened(path) as file:
        return training_run_id(path) or (file.metadata() or {}).get(RUN_KEY)


def from_any_folder(weights: str) -> str:
    """Return `weights` so that it means the same in any working directory, on any machine of a cluster.

    A path becomes absolute; addresses and names that are no file here stay as they are.
    """
    is_name = Path(weights).name == weights and file_at(weights) is None
    return weights if is_name or weights.startswith(SCHEME) else str(Path(weights).absolute())


def local_file(model: ModelIdentity) -> Path:
    """Return the file of `model` on this machine, which may be another than the one that resolved it.

    Raises:
        InputError: if it can't be had here, or is not the same.
    """
    if model.path.is_file():
        check_digest(model.path, model.digest, model.uri)
        return model.path
    if shipped := shipped_file(model.uri):
        return _same_shipped(shipped, model)
    if model.tracking_uri is None:
        raise InputError(
            f"{model.uri}: {model.path} is not on this machine; put it on storage that all nodes share, or "
            f"register it and take {SCHEME}/..."
        )
    registry = registry_at(model.tracking_uri)
    version = find(model.uri, registry)
    if version.digest != model.digest:
        raise InputError(f"{model.uri}: another model than when the job began; run the command again")
    return registry.fetch(version)


def _same_shipped(file: Path, model: ModelIdentity) -> Path:
    """Return `file`, which ships under the name of `model` here, if it is the same."""
    if file_digest(file) != model.digest:
        raise InputError(
            f"{model.uri}: other weights ship under that name on this machine; install the same version of "
            "the package on all nodes"
        )
    return file


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


def load_tracker_config(path: Path | None = None) -> TrackerConfig:
    """Return the tracker settings in `path`; None takes those that suit any network's scores.

    Raises:
        InputError: if the file can't be read or a setting is unknown or impossible.
    """
    return load_config(path or shipped_config(NETWORK_TRACKER), TrackerConfig)


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
