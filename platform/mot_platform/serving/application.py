"""The endpoint as a Ray Serve application: gates in front of tracker replicas that sessions stick to."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError
from ray import serve
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.serve.config import RequestRouterConfig
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from mot_model.engine import Engine
from mot_platform.config import describe
from mot_platform.errors import InputError
from mot_platform.provenance import code_version
from mot_platform.schema import Vocabulary
from mot_platform.serving.access import read_tokens
from mot_platform.serving.draining import ReplicaWatch
from mot_platform.serving.gate import Gate
from mot_platform.serving.link import ReplicaUnreachableError
from mot_platform.serving.replica import ModelDescription, TrackerReplica
from mot_platform.serving.routes import build_app
from mot_platform.serving.session_store import FolderStore
from mot_platform.serving.settings import ServeConfig
from mot_platform.weights import ModelIdentity, load_engine, load_tracker_config, resolve_model

logger = logging.getLogger(__name__)

CALL_TIMEOUT_S = 30.0
GATE_CPUS = 0.25
MAX_WAITING_CALLS = 4096
DRAIN_S = 10.0
HEALTH_CHECK_S = 0.3
"""How soon a dead replica is noticed and its sessions go elsewhere."""
ROUTER_BACKOFF_S = 0.1


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
    load_tracker_config(None if config.tracker is None else Path(config.tracker))
    trackers = Tracker.options(  # type: ignore[attr-defined]
        num_replicas=config.replicas,
        ray_actor_options={"num_cpus": config.cpus_per_replica, "num_gpus": config.gpus_per_replica},
    ).bind(config, model)
    application: serve.Application = GateIngress.options(  # type: ignore[attr-defined]
        num_replicas=config.gates, max_ongoing_requests=8 * config.limits.max_streams + 64
    ).bind(trackers, config, tokens)
    return application


@serve.deployment(
    max_ongoing_requests=MAX_WAITING_CALLS,
    health_check_period_s=HEALTH_CHECK_S,
    graceful_shutdown_timeout_s=DRAIN_S,
    request_router_config=RequestRouterConfig(
        request_router_class="ray.serve.experimental.consistent_hash_router.ConsistentHashRouter",
        request_router_kwargs={"num_fallback_replicas": 0},
        max_backoff_s=ROUTER_BACKOFF_S,
    ),
)
class Tracker(TrackerReplica):
    """`TrackerReplica` as a deployment."""

    def __init__(self, config: ServeConfig, model: ModelIdentity) -> None:
        super().__init__(config, lambda: loaded(config, model), FolderStore(Path(config.store)))


def loaded(config: ServeConfig, model: ModelIdentity) -> tuple[Engine, ModelDescription]:
    """Return the engine of an endpoint and what to say of it."""
    settings = load_tracker_config(None if config.tracker is None else Path(config.tracker))
    engine = load_engine(model, tracker=settings, use_gpu=config.gpus_per_replica > 0)
    words = Vocabulary(
        class_names=engine.class_names, action_ids=engine.action_ids, action_names=engine.action_names
    )
    return engine, ModelDescription(
        uri=model.uri,
        digest=model.digest,
        input_wh=engine.perceiver.input_wh,
        vocabulary=words,
        code_version=code_version(),
    )


class ServeReplicas:
    """`Replicas` behind a Serve handle: the session decides which one answers."""

    def __init__(self, handle: DeploymentHandle) -> None:
        self._handle = handle

    async def call(self, session: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return the answer of the replica that `session` sticks to."""
        return await self._answer(self._handle.options(session_id=session), method, session, *args, **kwargs)

    async def describe(self) -> ModelDescription:
        """Return what the replicas run."""
        description: ModelDescription = await self._answer(self._handle, "describe")
        return description

    async def _answer(self, handle: DeploymentHandle, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await getattr(handle, method).remote(*args, **kwargs)
        except TimeoutError as error:
            raise ReplicaUnreachableError(f"no answer within {CALL_TIMEOUT_S:.0f} s") from error
        except (RayActorError, RayServeException) as error:
            raise ReplicaUnreachableError(" ".join(str(error).split())[:200]) from error
        except RayTaskError as error:
            logger.exception("a replica failed in %s", method)
            raise ReplicaUnreachableError(f"{method} failed: {error.cause!r:.200}") from error
        except RayError as error:
            raise ReplicaUnreachableError(" ".join(str(error).split())[:200]) from error


@serve.deployment(
    ray_actor_options={"num_cpus": GATE_CPUS},
    health_check_period_s=HEALTH_CHECK_S,
    graceful_shutdown_timeout_s=DRAIN_S,
)
@serve.ingress()
class GateIngress:
    """`Gate` as a deployment: the one that Serve's proxies talk to."""

    def __init__(self, trackers: DeploymentHandle, config: ServeConfig, tokens: tuple[str, ...]) -> None:
        self._gate = Gate(ServeReplicas(trackers), FolderStore(Path(config.store)), config.limits)
        self._tokens = tokens
        self._watching: asyncio.Task[None] | None = None

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Return the application; Serve calls this once, after the constructor."""
        app = build_app(self._gate, self._tokens)
        app.router.add_event_handler("startup", self._watch)
        return app

    async def _watch(self) -> None:
        self._watching = asyncio.create_task(ReplicaWatch(self._gate.drain).run())
