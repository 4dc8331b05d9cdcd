"""Weights of a training run into the registry: checked, kept among the run's artifacts, described by tags."""

from __future__ import annotations

from mot_model.network import NetworkConfig
from mot_platform.errors import InputError
from mot_platform.experiment import RUN_ID_FILE, ExperimentRun
from mot_platform.model_identity import ModelIdentity, resolve_model
from mot_platform.registry import DIGEST_TAG, MODEL_NAME, RegisteredVersion, Registry
from mot_platform.weights import FORMAT, load_network

ARTIFACTS = "registered"
"""Folder among the run's artifacts, by digest: training writes its own artifact anew when it goes on."""


def register(registry: Registry, weights: str, name: str = MODEL_NAME) -> tuple[RegisteredVersion, bool]:
    """Make a version of `weights` and return it, and whether it is new: the same bytes are one version.

    Args:
        registry: Where to; the run that trained the weights must be in the same store.
        weights: A run folder, or a safetensors file in one.
        name: The registered model; made if there is none.

    Raises:
        InputError: if there are no weights of ours, or no run that trained them.
    """
    model = resolve_model(weights)
    network = load_network(model.path).config
    known = [version for version in registry.versions(name) if version.digest == model.digest]
    if known:
        return known[0], False
    if model.mlflow_run_id is None:
        raise InputError(
            f"{weights}: no {RUN_ID_FILE} beside the weights, so no run that trained them; give a folder "
            "that `mot-action train` wrote"
        )
    if not registry.has_run(model.mlflow_run_id):
        raise InputError(
            f"{weights}: its run {model.mlflow_run_id} is not in {registry}; name the folder of runs where "
            "it was trained with --storage, or set MLFLOW_TRACKING_URI"
        )
    with registry.errors():
        return _create(registry, model, model.mlflow_run_id, name, network), True


def _create(
    registry: Registry, model: ModelIdentity, run_id: str, name: str, network: NetworkConfig
) -> RegisteredVersion:
    client = registry.client()
    folder = f"{ARTIFACTS}/{model.digest[:16]}"
    ExperimentRun(tracking_uri=registry.tracking_uri, run_id=run_id).log_artifact(model.path, folder)
    if not registry.versions(name):
        _create_model(registry, name)
    source = f"runs:/{run_id}/{folder}/{model.path.name}"
    made = client.create_model_version(name, source, run_id, tags=_tags(model, network), await_creation_for=0)
    return registry.version(str(made.version), name)


def _create_model(registry: Registry, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        registry.client().create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":  # without versions, or by another just now
            raise


def _tags(model: ModelIdentity, network: NetworkConfig) -> dict[str, str]:
    width, height = network.input_wh
    return {
        DIGEST_TAG: model.digest,
        "format": FORMAT,
        "network_size": network.size,
        "input_size": f"{width}x{height}",
        "classes": ", ".join(network.class_names),
        "actions": str(len(network.action_ids)),
    }
