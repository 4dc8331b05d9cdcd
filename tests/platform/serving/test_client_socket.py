"""One connection: its greeting, its end, and what each end stands for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest
from websockets.sync.server import ServerConnection, serve

from mot_platform.errors import EndpointError, RequestError, SessionLostError
from mot_platform.serving.client_http import Endpoint
from mot_platform.serving.client_socket import Broken, Received, StreamConnection

HELLO = {"type": "session", "session": "s", "epoch": 2, "resumed": True, "next_seq": 7, "window": 4}


@contextmanager
def serving(handle: Callable[[ServerConnection], None]) -> Iterator[Endpoint]:
    with serve(handle, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Endpoint(f"http://127.0.0.1:{server.socket.getsockname()[1]}")
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        pytest.param(1000, SessionLostError, 410, id="ended by the endpoint"),
        pytest.param(1009, RequestError, 413, id="too large for the socket"),
        pytest.param(1012, EndpointError, None, id="restart"),
        pytest.param(4401, RequestError, 401, id="token"),
        pytest.param(4409, EndpointError, 409, id="taken up elsewhere"),
        pytest.param(4410, SessionLostError, 410, id="lost"),
        pytest.param(4429, EndpointError, 429, id="full"),
    ],
)
def test_an_end_says_what_it_stands_for_after_the_last_message(
    code: int, kind: type, status: int | None
) -> None:
    def handle(connection: ServerConnection) -> None:
        connection.send(json.dumps(HELLO))
        connection.send(json.dumps({"type": "frame"}))
        connection.close(code)

    inbox: SimpleQueue[Received | Broken] = SimpleQueue()
    with serving(handle) as endpoint:
        connection = StreamConnection(endpoint, "s", 1, inbox.put)
        assert (connection.greeting.epoch, connection.greeting.next_seq) == (2, 7)
        first, last = inbox.get(timeout=5), inbox.get(timeout=5)
        connection.close()
    assert isinstance(first, Received)
    assert isinstance(last, Broken)
    assert type(last.error) is kind
    assert last.error.status == status


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        pytest.param('{"type": "problem", "status": 429, "title": "Full"}', "Full", id="problem"),
        pytest.param('{"type": "frame"}', "no endpoint of mot-action", id="another message"),
        pytest.param("hello", "no endpoint of mot-action", id="no JSON"),
    ],
)
def test_a_connection_that_does_not_begin_well_is_none(greeting: str, said: str) -> None:
    with (
        serving(lambda connection: connection.send(greeting)) as url,
        pytest.raises(EndpointError, match=said),
    ):
        StreamConnection(url, "s", None, lambda _: None)


def test_an_address_without_streams_is_bad_input() -> None:
    def refuse(connection: ServerConnection, request: object) -> object:
        return connection.respond(404, "nothing here")

    with serve(lambda _: None, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = Endpoint(f"http://127.0.0.1:{server.socket.getsockname()[1]}")
        with pytest.raises(RequestError, match="Not Found"):
            StreamConnection(endpoint, "s", None, lambda _: None)
        server.shutdown()
        thread.join()
