"""One WebSocket connection of a stream: opened, greeted, and read by a thread into the client's inbox."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import connect

from mot_platform.errors import EndpointError, RequestError, SessionLostError
from mot_platform.serving.client_http import Endpoint, problem, reason_of
from mot_platform.serving.replay_window import StreamFrame

_OPEN_TIMEOUT_S = 10.0
_GREETING_TIMEOUT_S = 30.0
_SEND_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 3.0
_PING_S = 10.0
_MAX_MESSAGE_BYTES = 16 * 2**20
_PROBLEM_CODES = range(4400, 4600)
_CLOSE_CODE_BASE = 4000
_NOT_WORTH_A_RETRY = {1002: 400, 1003: 415, 1007: 415, 1008: 403, 1009: 413}

# At DEBUG the library writes out headers, the token among them.
_wire = logging.getLogger(f"{__name__}.wire")


@dataclass(frozen=True, kw_only=True, slots=True)
class Greeting:
    """What the server says first."""

    epoch: int
    resumed: bool
    next_seq: int
    window: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A message of the server."""

    connection: StreamConnection
    arrived_s: float
    """On the clock of `time.perf_counter`."""
    message: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """The end of a connection; nothing comes after it."""

    connection: StreamConnection
    error: EndpointError


class StreamConnection:
    """A connection to a session, open and greeted.

    Args:
        endpoint: Where.
        session: Name of the session.
        epoch: The epoch to go on from; None takes whatever is there.
        inbox: Called by a thread with every message, and with the end.

    Raises:
        SessionLostError: if the state to go on from is gone.
        RequestError: if the endpoint refuses.
        EndpointError: if it can't be reached, or has no room.
    """

    def __init__(
        self, endpoint: Endpoint, session: str, epoch: int | None, inbox: Callable[[Received | Broken], None]
    ) -> None:
        _wire.setLevel(max(_wire.getEffectiveLevel(), logging.INFO))
        self._url = endpoint.stream(session, epoch)
        self._inbox = inbox
        with ExitStack() as stack:
            try:
                self._socket = stack.enter_context(
                    connect(
                        self._url,
                        additional_headers=endpoint.headers,
                        compression=None,  # pictures do not shrink further
                        open_timeout=_OPEN_TIMEOUT_S,
                        ping_interval=_PING_S,
                        ping_timeout=_PING_S,
                        close_timeout=_CLOSE_TIMEOUT_S,
                        max_size=_MAX_MESSAGE_BYTES,
                        logger=_wire,
                    )
                )
                self.greeting = self._greeting()
            except (ConnectionClosed, InvalidHandshake, InvalidURI, OSError) as error:
                raise self._error(error) from error
            with suppress(OSError):  # closed already: the reading thread will say why
                self._socket.socket.settimeout(_SEND_TIMEOUT_S)  # for a server that reads no more
            self._stack = stack.pop_all()
        threading.Thread(target=self._read, name="stream-answers", daemon=True).start()

    def send(self, frame: StreamFrame) -> None:
        """Send a frame; if the connection is at its end, `Broken` tells so in the inbox."""
        header: dict[str, Any] = {"seq": frame.seq}
        if frame.time_s is not None:
            header["time_s"] = frame.time_s
        if frame.source_wh is not None:
            header["source_wh"] = frame.source_wh
        self._send(json.dumps(header), frame.picture)

    def end(self) -> None:
        """Ask the server to end the session."""
        self._send(json.dumps({"type": "end"}))

    def close(self) -> None:
        """Close the connection; the session stays for a while."""
        self._stack.close()

    def _send(self, *messages: str | bytes) -> None:
        try:
            for message in messages:
                self._socket.send(message)
        except ConnectionClosed:
            pass  # the reading thread sees it too, after the messages that still came

    def _greeting(self) -> Greeting:
        """Return the first message of the server."""
        first = self._socket.recv(timeout=_GREETING_TIMEOUT_S)
        try:
            message = json.loads(first)
            if message["type"] == "problem":
                raise problem(self._url, message["status"], message)
            return Greeting(
                epoch=message["epoch"],
                resumed=message["resumed"],
                next_seq=message["next_seq"],
                window=message["window"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RequestError(self._url, "is no endpoint of mot-action", "it greets otherwise") from error

    def _read(self) -> None:
        """Pass messages on until the end."""
        try:
            while True:
                message = json.loads(self._socket.recv())
                self._inbox(Received(connection=self, arrived_s=time.perf_counter(), message=message))
        except (ConnectionClosed, OSError, ValueError) as error:
            self._inbox(Broken(connection=self, error=self._error(error)))

    def _error(self, error: Exception) -> EndpointError:
        """Return what the end of the connection, or a failure to open it, stands for."""
        if isinstance(error, InvalidStatus):
            return problem(self._url, error.response.status_code, bytes(error.response.body))
        if isinstance(error, InvalidURI):
            return RequestError(self._url, "not an address")
        if not isinstance(error, ConnectionClosed) or error.rcvd is None:
            return EndpointError(self._url, "the connection broke", reason_of(error))
        code, reason = error.rcvd.code, error.rcvd.reason
        if code in _PROBLEM_CODES:
            return problem(self._url, code - _CLOSE_CODE_BASE, {"detail": reason})
        if code in _NOT_WORTH_A_RETRY:
            return problem(self._url, _NOT_WORTH_A_RETRY[code], {"detail": reason})
        if code == 1000:
            return SessionLostError(self._url, "the session was ended by the endpoint", reason, 410)
        return EndpointError(self._url, "the connection broke", f"close code {code} {reason}".strip())
