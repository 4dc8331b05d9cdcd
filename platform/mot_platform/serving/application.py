"""The endpoint as a Ray Serve application: gates in front of tracker replicas that sessions stick to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ray import serve

from mot_platform.config import describe
from mot_platform.engines import tracker_for
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.serving.access import read_tokens
from mot_platform.serving.gate_deployment import GateIngress
from mot_platform.serving.settings import ServeConfig
from mot_platform.serving.tracker_deployment import Tracker


def build_application(args: dict[str, Any]) -> serve.Application:
    """Return the application for `serve run`, `serve deploy` and RayService.

    Args:
        args: A `ServeConfig` as plain data, the `args` of `configs/serve.yaml`.

    Raises:
        InputError: if a setting is unknown or impossible, or there is no such model.
    """
    try:
        config = TypeAdapter(ServeConfig).validate_python(args, extra="forbid")
    except ValidationError as error:
        raise InputError(f"serve: {describe(error)}") from None
    return bind(config)


def bind(config: ServeConfig) -> serve.Application:
    """Return the application of `config`; the model is resolved now, once for all replicas.

    Raises:
        InputError: if there is no such model or token file.
    """
    model = resolve_model(config.weights)
    tokens = read_tokens(Path(config.token_file)) if config.token_file is not None else ()
    tracker_for(model, None if config.tracker is None else Path(config.tracker))
    trackers = Tracker.options(  # type: ignore[attr-defined]
        num_replicas=config.replicas,
        ray_actor_options={"num_cpus": config.cpus_per_replica, "num_gpus": config.gpus_per_replica},
    ).bind(config, model)
    application: serve.Application = GateIngress.options(  # type: ignore[attr-defined]
        num_replicas=config.gates, max_ongoing_requests=8 * config.limits.max_streams + 64
    ).bind(trackers, config, tokens)
    return application
