from __future__ import annotations

import pytest
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient, WebSocketDenialResponse

from mot_platform.errors import InputError
from mot_platform.serving.access import Guard, is_loopback, read_tokens

TOKEN = "0123456789abcdef0123"


def client(*, tokens=(), host="127.0.0.1", base_url="http://127.0.0.1:8000") -> TestClient:
    app = FastAPI()
    app.add_middleware(Guard, tokens=tokens)

    @app.get("/v1/model")
    @app.get("/healthz")
    async def anything() -> str:
        return "ok"

    @app.websocket("/v1/streams/a")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    return TestClient(app, base_url=base_url, client=(host, 1))


@pytest.mark.parametrize(
    ("header", "status"),
    [
        pytest.param(None, 401, id="none"),
        pytest.param("Bearer wrong-wrong-wrong-wrong", 401, id="wrong"),
        pytest.param(f"Basic {TOKEN}", 401, id="another scheme"),
        pytest.param(f"Bearer {TOKEN}", 200, id="right"),
        pytest.param(f"bearer {TOKEN}", 200, id="case of the scheme"),
    ],
)
def test_with_tokens_a_route_needs_one(header, status) -> None:
    headers = {} if header is None else {"Authorization": header}
    far = client(tokens=("another-token-here", TOKEN), host="203.0.113.9", base_url="https://mot.example")
    response = far.get("/v1/model", headers=headers)
    assert response.status_code == status
    assert far.get("/healthz").status_code == 200
    if status == 401:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_browser_offers_its_token_as_a_subprotocol() -> None:
    far = client(tokens=(TOKEN,), host="203.0.113.9")
    with far.websocket_connect("/v1/streams/a", subprotocols=["mot-action", f"bearer.{TOKEN}"]):
        pass
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        far.websocket_connect("/v1/streams/a", subprotocols=["mot-action", "bearer.no"]),
    ):
        pass
    assert denied.value.status_code == 401


@pytest.mark.parametrize(
    ("host", "base_url", "origin", "status"),
    [
        pytest.param("127.0.0.1", "http://127.0.0.1:8000", None, 200, id="here"),
        pytest.param("::1", "http://[::1]:8000", None, 200, id="here, IPv6"),
        pytest.param("127.0.0.1", "http://localhost:8000", "http://localhost:8000", 200, id="own page"),
        pytest.param("203.0.113.9", "http://127.0.0.1:8000", None, 403, id="another machine"),
        pytest.param("127.0.0.1", "http://127.0.0.1:8000", "https://evil.example", 403, id="another page"),
        pytest.param("127.0.0.1", "http://evil.example:8000", None, 403, id="a name bound to loopback"),
        pytest.param("127.0.0.1", "http://127.0.0.1:8000", "null", 403, id="a page without origin"),
    ],
)
def test_without_tokens_only_this_machine_is_answered(host, base_url, origin, status) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert client(host=host, base_url=base_url).get("/v1/model", headers=headers).status_code == status


def test_tokens_are_read_one_a_line(tmp_path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"# who: camera 3\n\n{TOKEN}\n second-token-of-ours \n")
    assert read_tokens(path) == (TOKEN, "second-token-of-ours")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no token in it"), ("short", "at least 16"), ("has a space in the middle", "no space")],
)
def test_a_bad_token_file_is_refused(tmp_path, text, message) -> None:
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_tokens(path)
    with pytest.raises(InputError, match="can't read"):
        read_tokens(tmp_path / "absent")


def test_loopback_is_known_by_address_and_name() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.0.2.1", "mot.example", "")))
