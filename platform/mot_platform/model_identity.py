"""Which model a user means: a path, a shipped name or a registered version, pinned to its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.errors import InputError
from mot_platform.provenance import training_run_id
from mot_platform.registry import SCHEME, check_digest, file_digest, find, open_registry, registry_at
from mot_platform.shipped_weights import shipped_file, shipped_names
from mot_platform.weights import FILE_NAME, RUN_KEY, opened


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
