"""Who may talk to the endpoint: bearer tokens, and no other site's pages."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from mot_platform.errors import InputError
from mot_platform.serving.problems import MEDIA_TYPE, Problem

SUBPROTOCOL = "mot-action"
_TOKEN_SUBPROTOCOL = "bearer."  # noqa: S105 (a prefix, no secret)
MIN_TOKEN_CHARS = 16


def read_tokens(path: Path) -> tuple[str, ...]:
    """Return the tokens in `path`, one a line; empty lines and lines that begin with # are skipped.

    Raises:
        InputError: if the file can't be read, has no token, or one that is too short or has spaces.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't read the tokens: {error}") from error
    tokens = tuple(line for line in lines if line and not line.startswith("#"))
    if not tokens:
        raise InputError(f"{path}: no token in it; write one a line, such as from `openssl rand -hex 32`")
    for token in tokens:
        if len(token) < MIN_TOKEN_CHARS or not token.isascii() or any(c in token for c in ' ,;"'):
            raise InputError(
                f"{path}: a token needs at least {MIN_TOKEN_CHARS} characters and no space, comma or quote"
            )
    return tokens


def is_loopback(host: str) -> bool:
    """Return whether `host`, a name or address without port, is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def offered_token(headers: Headers) -> str:
    """Return the token in the `Authorization` header or among the WebSocket subprotocols, "" without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    offered = offered_subprotocols(headers)
    tokens = [
        name.removeprefix(_TOKEN_SUBPROTOCOL) for name in offered if name.startswith(_TOKEN_SUBPROTOCOL)
    ]
    return tokens[0] if tokens else ""


def offered_subprotocols(headers: Headers) -> list[str]:
    """Return the WebSocket subprotocols that a client offers."""
    return [name.strip() for name in headers.get("sec-websocket-protocol", "").split(",")]


class Guard:
    """ASGI middleware that lets a request pass or answers it with a problem.

    With tokens, every path below `/v1` needs one. Without, only clients on this machine are answered, and
    only under a name of this machine, so that no web page can reach through its visitor's browser. Requests
    from pages of another origin are refused either way.

    Args:
        app: What is guarded.
        tokens: Tokens that are good.
    """

    def __init__(self, app: ASGIApp, tokens: Sequence[str]) -> None:
        self._app = app
        self._tokens = [token.encode() for token in tokens]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except Problem as problem:
            await refuse(problem, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise Problem("forbidden", f"a page of {origin} may not use this endpoint")
        if not self._tokens:
            client = scope.get("client")
            if client is None or not is_loopback(client[0]):
                raise Problem("forbidden", "start the endpoint with a token file to serve other machines")
            if not is_loopback(urlsplit(f"//{host}").hostname or ""):
                raise Problem("forbidden", f"{host} is no name of this machine alone")
        elif scope["path"].startswith("/v1"):
            offered = offered_token(headers).encode()
            if not any([secrets.compare_digest(offered, token) for token in self._tokens]):
                raise Problem(
                    "unauthorized", "send `Authorization: Bearer TOKEN` with a token of this endpoint"
                )


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or a WebSocket's handshake, with a problem."""
    response = JSONResponse(
        problem.body(), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers
    )
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).send_denial_response(response)
    else:
        await response(scope, receive, send)
