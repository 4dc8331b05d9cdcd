"""Noticing that Serve is about to stop this process: it tells no one, and waits for sockets to end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import ray
from ray import serve
from ray.exceptions import RayError

logger = logging.getLogger(__name__)

POLL_S = 0.5
_CONTROLLER = "SERVE_CONTROLLER_ACTOR"
_NAMESPACE = "serve"


class ReplicaWatch:
    """Asks the Serve controller how this replica fares, and calls back once when it is being stopped.

    Args:
        stopping: Called once, in the event loop.
    """

    def __init__(self, stopping: Callable[[], None]) -> None:
        self._stopping = stopping
        self._replica = serve.get_replica_context().replica_id
        self._controller = ray.get_actor(_CONTROLLER, namespace=_NAMESPACE)

    async def run(self) -> None:
        """Watch until this replica is being stopped."""
        while not await self._is_stopping():
            await asyncio.sleep(POLL_S)
        self._stopping()

    async def _is_stopping(self) -> bool:
        try:
            details: dict[str, Any] = await self._controller.get_serve_instance_details.remote()
        except RayError as error:  # the controller restarts; replicas live on
            logger.warning("the Serve controller does not answer: %s", " ".join(str(error).split())[:200])
            return False
        application = details["applications"].get(self._replica.deployment_id.app_name)
        if application is None:
            return True
        deployment = application["deployments"].get(self._replica.deployment_id.name)
        states = {
            replica["replica_id"]: replica["state"] for replica in (deployment or {}).get("replicas", [])
        }
        return bool(states.get(self._replica.unique_id, "STOPPING") == "STOPPING")
