"""The gate as a Ray Serve deployment, and its way to the replicas. Imports no torch, so it starts fast."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from ray import serve
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from mot_platform.serving.draining import ReplicaWatch
from mot_platform.serving.gate import Gate
from mot_platform.serving.link import ReplicaUnreachableError
from mot_platform.serving.replies import ModelDescription
from mot_platform.serving.routes import build_app
from mot_platform.serving.session_store import FolderStore
from mot_platform.serving.settings import ServeConfig

logger = logging.getLogger(__name__)

CALL_TIMEOUT_S = 30.0
GATE_CPUS = 0.25
DRAIN_S = 10.0
HEALTH_CHECK_S = 0.3


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
