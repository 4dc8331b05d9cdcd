from __future__ import annotations

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from mot_platform.serving.gate import Gate, check_session
from mot_platform.serving.link import ReplicaUnreachableError
from mot_platform.serving.problems import Problem
from mot_platform.serving.routes import build_app
from mot_platform.serving.settings import Limits


def test_the_stream_after_the_last_place_is_refused_at_once(client) -> None:
    with (
        client.websocket_connect("ws://127.0.0.1/v1/streams/a"),
        client.websocket_connect("ws://127.0.0.1/v1/streams/b"),
    ):
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            client.websocket_connect("ws://127.0.0.1/v1/streams/c"),
        ):
            pass
        assert (denied.value.status_code, denied.value.headers["retry-after"]) == (429, "2")
        assert client.post("/v1/videos", content=b"x").status_code == 429
    with client.websocket_connect("ws://127.0.0.1/v1/streams/c") as socket:
        assert socket.receive_json()["type"] == "session"


def test_sessions_are_listed_and_deleted(client, clip) -> None:
    with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as socket:
        socket.receive_json()
        socket.send_bytes(clip.frames[0].picture)
        socket.receive_json()
        (listed,) = client.get("/v1/streams").json()["streams"]
        assert (listed["session"], listed["epoch"], listed["connected"]) == ("cam", 1, True)
        assert client.delete("/v1/streams/cam").status_code == 204
        told = socket.receive_json()
        assert (told["kind"], told["detail"]) == ("session-lost", "cam was deleted")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()
    assert client.get("/v1/streams").json() == {"streams": []}
    assert client.delete("/v1/streams/cam").status_code == 404


def test_draining_asks_clients_to_come_back_and_takes_no_new_ones(direct, store, clip) -> None:
    gate = Gate(direct, store, Limits())
    app = build_app(gate, ())
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as socket:
            socket.receive_json()
            socket.send_bytes(clip.frames[0].picture)
            socket.receive_json()
            client.portal.call(gate.drain)
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
        assert closed.value.code == 1012
        assert [stored.session for stored in store.sessions()] == ["cam"]
        assert client.post("/v1/videos", content=b"x").status_code == 503


def test_a_gate_without_replicas_says_so(direct, store) -> None:
    async def describe():
        raise ReplicaUnreachableError("none is up")

    direct.describe = describe
    app = build_app(Gate(direct, store, Limits()), ())
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        response = client.get("/healthz")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize("session", ["", "a b", "../x", "..", "x" * 65, "\u00e9"])
def test_an_impossible_session_name_is_refused(session) -> None:
    with pytest.raises(Problem, match="1 to 64"):
        check_session(session)
