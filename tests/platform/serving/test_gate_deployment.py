from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from ray.exceptions import ActorDiedError, GetTimeoutError, RayTaskError
from ray.serve.exceptions import BackPressureError

from mot_platform.serving import gate_deployment
from mot_platform.serving.gate_deployment import ServeReplicas
from mot_platform.serving.link import ReplicaUnreachableError


class Handle:
    """Stands for a Serve handle: every call raises."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error
        self.session_id: str | None = None
        self.step = self

    def options(self, *, session_id: str) -> Handle:
        self.session_id = session_id
        return self

    async def remote(self, *args: object, **_kwargs: object) -> object:
        if self.error is None:
            await asyncio.sleep(60)
        elif isinstance(self.error, KeyError):
            return args
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ActorDiedError(), id="died"),
        pytest.param(BackPressureError(num_queued_requests=1, max_queued_requests=1), id="overloaded"),
        pytest.param(GetTimeoutError("late"), id="late"),
        pytest.param(RayTaskError("step", "trace", OSError("disk full")), id="failed"),
        pytest.param(None, id="silent"),
    ],
)
@pytest.mark.filterwarnings("default")
def test_every_way_of_not_answering_is_one_error(error, monkeypatch) -> None:
    monkeypatch.setattr(gate_deployment, "CALL_TIMEOUT_S", 0.05)
    with pytest.raises(ReplicaUnreachableError):
        asyncio.run(ServeReplicas(Handle(error)).call("cam", "step", 1))


def test_the_session_decides_where_a_call_goes() -> None:
    handle = Handle(KeyError())
    assert asyncio.run(ServeReplicas(handle).call("cam", "step", 1)) == ("cam", 1)
    assert handle.session_id == "cam"


def test_a_gate_starts_without_torch() -> None:
    code = "import sys, mot_platform.serving.gate_deployment; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
