"""Noticing that Serve stops a replica: `drain` is called once, whatever the controller says in between."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
import ray
from ray import serve
from ray.exceptions import RayError

from mot_platform.serving.draining import ReplicaWatch


def details(state: str | None) -> dict:
    replicas = [] if state is None else [{"replica_id": "me", "state": state}]
    replicas.append({"replica_id": "other", "state": "STOPPING"})
    return {"applications": {"app": {"deployments": {"Gate": {"replicas": replicas}}}}}


@pytest.mark.parametrize("last", [details("STOPPING"), details(None), {"applications": {}}])
def test_the_end_of_the_replica_is_noticed_once(monkeypatch, last) -> None:
    said = iter([details("RUNNING"), RayError("restarting"), details("RUNNING"), last])

    async def remote():
        answer = next(said)
        if isinstance(answer, RayError):
            raise answer
        return answer

    controller = SimpleNamespace(get_serve_instance_details=SimpleNamespace(remote=remote))
    identity = SimpleNamespace(unique_id="me", deployment_id=SimpleNamespace(app_name="app", name="Gate"))
    monkeypatch.setattr(ray, "get_actor", lambda *_args, **_kwargs: controller)
    monkeypatch.setattr(serve, "get_replica_context", lambda: SimpleNamespace(replica_id=identity))
    monkeypatch.setattr("mot_platform.serving.draining.POLL_S", 0.0)
    calls = []
    asyncio.run(ReplicaWatch(lambda: calls.append(1)).run())
    assert calls == [1]
