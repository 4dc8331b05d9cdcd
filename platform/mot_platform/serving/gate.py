"""The gate: holds sockets and no session, in front of the tracker replicas."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket

from mot_platform.serving.access import SUBPROTOCOL, offered_subprotocols
from mot_platform.serving.link import Replicas, ReplicaUnreachableError, SessionLink
from mot_platform.serving.problems import Problem
from mot_platform.serving.replies import ModelDescription
from mot_platform.serving.session_store import SessionStore
from mot_platform.serving.settings import Limits
from mot_platform.serving.streams import RESTARTING, StreamConnection

_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Gate:
    """What one gate process knows.

    Args:
        replicas: How to reach the sessions.
        store: For the list of sessions.
        limits: What is accepted.
    """

    def __init__(self, replicas: Replicas, store: SessionStore, limits: Limits) -> None:
        self._replicas = replicas
        self._store = store
        self.limits = limits
        self._model: ModelDescription | None = None
        self._connections: dict[str, StreamConnection] = {}
        self._num_streams = 0
        self._draining = False

    async def model(self) -> ModelDescription:
        """Return what the replicas run.

        Raises:
            Problem: "unavailable" while none answers.
        """
        if self._model is None:
            try:
                self._model = await self._replicas.describe()
            except ReplicaUnreachableError as error:
                raise Problem("unavailable", f"the model does not answer yet: {error}") from error
        return self._model

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places for streams and uploads.

        Raises:
            Problem: "full", or "unavailable" while draining.
        """
        if self._draining:
            raise Problem("unavailable", "this server is about to stop; connect again")
        if self._num_streams >= self.limits.max_streams:
            raise Problem("full", f"all {self.limits.max_streams} streams are in use")
        self._num_streams += 1
        try:
            yield
        finally:
            self._num_streams -= 1

    def link(self, session: str) -> SessionLink:
        """Return a new hold on a session."""
        return SessionLink(self._replicas, session, holder=secrets.token_hex(8))

    async def stream(self, socket: WebSocket, session: str, *, insist: bool) -> None:
        """Serve one WebSocket to its end.

        Raises:
            Problem: if it is refused; the socket is not accepted then.
        """
        check_session(session)
        model = await self.model()
        with self.place():
            offered = offered_subprotocols(socket.headers)
            await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
            connection = StreamConnection(socket, self.link(session), self.limits, model_digest=model.digest)
            self._connections[session] = connection
            try:
                await connection.run(insist=insist)
            finally:
                if self._connections.get(session) is connection:
                    del self._connections[session]

    async def streams(self) -> list[dict[str, Any]]:
        """Return the sessions that can be gone on with."""
        stored = await run_in_threadpool(self._store.sessions)
        return [
            {
                "session": one.session,
                "epoch": one.epoch,
                "connected": one.session in self._connections,
                "updated_at": datetime.fromtimestamp(one.updated_at, UTC).isoformat(),
            }
            for one in stored
        ]

    async def delete(self, session: str) -> None:
        """Forget a session and close its stream.

        Raises:
            Problem: "unknown-session" or "unavailable".
        """
        check_session(session)
        connection = self._connections.get(session)
        try:
            existed = await self._replicas.call(session, "delete")
        except ReplicaUnreachableError as error:
            raise Problem("unavailable", f"no replica answers: {error}") from error
        if connection is not None:
            connection.stop(Problem("session-lost", f"{session} was deleted"))
        if not existed:
            raise Problem("unknown-session", f"{session}: no such session")

    def drain(self) -> None:
        """Ask every client to connect again, and take no new one."""
        self._draining = True
        for connection in list(self._connections.values()):
            connection.stop(RESTARTING)


def check_session(session: str) -> None:
    """Raise a "bad-request" problem for an impossible name."""
    if not _SESSION.fullmatch(session):
        raise Problem(
            "bad-request",
            "a session's name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit",
        )
