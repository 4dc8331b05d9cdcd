"""A Python client of the endpoint: live streams that survive broken connections, and whole videos.

    with StreamClient("http://127.0.0.1:8000", session="cam-1") as stream:
        for answer in stream.track(frames):
            print(answer.frame_index, answer.tracks.track_id)

One thread, the caller's, holds all state. A second reads the connection, a third pulls the frames of `track`;
both only put into one inbox.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from mot_platform.errors import EndpointError, InputError, SessionLostError
from mot_platform.serving.client_http import (
    Endpoint,
    FrameAnswer,
    ModelDescription,
    describe_model,
    frame_answer,
    label_video,
    problem,
)
from mot_platform.serving.client_socket import Broken, Received, StreamConnection
from mot_platform.serving.replay_window import ReplayWindow, StreamFrame

__all__ = ["FrameAnswer", "ModelDescription", "StreamClient", "StreamFrame", "label_video"]

logger = logging.getLogger(__name__)

PATIENCE_S = 60.0
_SESSION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_TRANSIENT = frozenset({None, 429, 500, 502, 503, 504})
"""Statuses after which a stream that was open tries again."""


@dataclass(frozen=True, slots=True)
class _Pulled:
    """A frame from the caller's source; None at its end, or with what broke it."""

    source: Iterator[StreamFrame]
    frame: StreamFrame | None
    error: BaseException | None = None


class StreamClient:
    """One session of an endpoint; a context manager.

    Broken connections and restarts of the server are made good: the client connects again, insists on the
    same session and sends again what the server has not kept. Every frame is answered once, in order. What
    cannot be made good is raised, never glossed over.

    Args:
        url: Address of the endpoint, such as `http://127.0.0.1:8000`.
        session: Name of the session, 1 to 64 of `A-Z a-z 0-9 . _ -`.
        token: Bearer token, where the endpoint wants one.
        window: Most unanswered frames; None or more than the server's takes the server's. Small for a live
            picture, for what waits is old when its answer comes.
        patience_s: How long to go without an answer, broken connections included, before giving up.

    Raises:
        InputError: if the address or the name is impossible.

    Attributes:
        model: What the endpoint runs; known inside the context.
        next_seq: Lowest number of the next frame; not 0 where the session was there already.
        reconnects: Times that the connection was made again.
        dropped: Frames that the server threw away.
    """

    model: ModelDescription

    def __init__(
        self,
        url: str,
        *,
        session: str,
        token: str | None = None,
        window: int | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        if not _SESSION.fullmatch(session):
            raise InputError(f"session {session!r}: a name is 1 to 64 of A-Z a-z 0-9 . _ -")
        self._endpoint = Endpoint(url, token)
        self._session = session
        self._wanted_window = window
        self._patience_s = patience_s
        self._inbox: SimpleQueue[Received | Broken | _Pulled] = SimpleQueue()
        self._ready: deque[FrameAnswer] = deque()
        self._connection: StreamConnection | None = None
        self._heard_s = time.monotonic()
        self._failures = 0
        self._resumed = self._ending = self._ended = False
        self.next_seq = self.reconnects = self.dropped = 0

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            RequestError: if nobody answers there or the endpoint refuses.
            EndpointError: if it has no room or is not ready.
        """
        self.model = describe_model(self._endpoint)
        self._connection = StreamConnection(self._endpoint, self._session, None, self._inbox.put)
        greeting = self._connection.greeting
        self._epoch = greeting.epoch
        self._resumed = greeting.resumed
        self.next_seq = greeting.next_seq
        self._window = ReplayWindow(size=self._size(greeting.window), first_seq=greeting.next_seq)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def track(self, frames: Iterable[StreamFrame], *, end: bool = True) -> Iterator[FrameAnswer]:
        """Send `frames` and yield their answers, each as soon as it is there.

        The next frame is taken from `frames`, in a thread, when there is room in the window: a source that
        keeps only its newest picture stays live.

        Args:
            frames: What to send, `seq` rising.
            end: End the session after the last frame; otherwise it stays for a while, to be gone on with.

        Raises:
            SessionLostError: if the server's state is gone.
            EndpointError: if a frame is refused, or there is no answer for `patience_s`.
        """
        source, wanted, stopped = iter(frames), threading.Semaphore(0), threading.Event()
        feeder = (source, wanted, stopped)
        threading.Thread(target=self._feed, args=feeder, name="stream-frames", daemon=True).start()
        asked = exhausted = False
        try:
            while not (exhausted and self._window.is_idle):
                if not asked and not exhausted and self._window.has_room:
                    wanted.release()
                    asked = True
                event = self._next_event()
                if not isinstance(event, _Pulled):
                    self._handle(event)
                elif event.source is source:
                    asked, exhausted = False, event.frame is None
                    if event.error is not None:
                        raise event.error
                    if event.frame is not None:
                        self.send(event.frame)
                while self._ready:
                    yield self._ready.popleft()
        finally:
            stopped.set()
            wanted.release()
        if end:
            self.end()

    def send(self, frame: StreamFrame) -> None:
        """Send one frame; wait first while the window is full.

        Raises:
            ValueError: if its `seq` does not rise.
            EndpointError: see `receive`.
        """
        while not self._window.has_room:
            self._handle_next()
        if self._window.is_idle:
            self._heard_s = time.monotonic()
        self._window.add(frame, time.perf_counter())
        self._transmit()

    def receive(self) -> FrameAnswer | None:
        """Return the next answer, waiting for it; None if every frame that was sent is answered.

        Raises:
            SessionLostError: if the server's state is gone.
            RequestError: if a frame is refused; after that of one frame, the stream can go on.
            EndpointError: if there is no answer for `patience_s`.
        """
        while not self._ready:
            if self._window.is_idle:
                return None
            self._handle_next()
        return self._ready.popleft()

    def end(self) -> None:
        """Wait for the answers under way and end the session: its state is deleted.

        Raises:
            EndpointError: see `receive`.
        """
        while not self._window.is_idle:
            self._handle_next()
        self._ending = True
        self._heard_s = time.monotonic()
        self._present.end()
        try:
            while not self._ended:
                self._handle_next()
        except SessionLostError:
            self._ended = True  # it was deleted, and only the word of it was lost

    @property
    def _present(self) -> StreamConnection:
        if self._connection is None:
            raise RuntimeError("the client is used outside of its `with` block")
        return self._connection

    def _size(self, of_server: int) -> int:
        return min(of_server, self._wanted_window or of_server)

    def _feed(
        self, frames: Iterator[StreamFrame], wanted: threading.Semaphore, stopped: threading.Event
    ) -> None:
        """Put a frame into the inbox whenever one is wanted."""
        try:
            while wanted.acquire() and not stopped.is_set():
                frame = next(frames, None)
                self._inbox.put(_Pulled(frames, frame))
                if frame is None:
                    return
        except BaseException as error:  # handed to the consumer, who raises it
            self._inbox.put(_Pulled(frames, None, error))

    def _next_event(self) -> Received | Broken | _Pulled:
        """Wait for what happens next.

        Raises:
            EndpointError: if something is due from the server and nothing comes.
        """
        due = not self._window.is_idle or self._ending
        timeout_s = max(0.0, self._heard_s + self._patience_s - time.monotonic()) if due else None
        try:
            return self._inbox.get(timeout=timeout_s)
        except Empty:
            raise self._given_up("no answer") from None

    def _handle_next(self) -> None:
        event = self._next_event()
        if not isinstance(event, _Pulled):
            self._handle(event)

    def _handle(self, event: Received | Broken) -> None:
        """Take in what the server says."""
        if event.connection is not self._connection:
            return  # the last words of a connection that was given up
        if isinstance(event, Broken):
            self._reconnect(event.error)
            return
        message = event.message
        kind = message.get("type")
        if kind == "frame":
            self._take_answer(message, event.arrived_s)
        elif kind == "problem":
            self._take_problem(message)
        elif kind == "dropped":
            self._window.forget(message["seq"])
            self.dropped += 1
        elif kind == "end":
            self._ended = True
        self._transmit()

    def _take_answer(self, message: dict[str, Any], arrived_s: float) -> None:
        self._heard_s = time.monotonic()
        self._failures = 0
        self._epoch = message["epoch"]
        self._resumed |= message["resumed"]
        sent_s = self._window.answered(message["seq"], message["durable_seq"])
        if sent_s is None:
            return  # answered before, and sent again only for the server's state
        answer = frame_answer(
            message, self.model.vocabulary, resumed=self._resumed, latency_s=arrived_s - sent_s
        )
        self._resumed = False
        self._ready.append(answer)

    def _take_problem(self, message: dict[str, Any]) -> None:
        url, seq = self._endpoint.url, message.get("seq")
        if seq is not None:
            self._window.forget(seq)
            raise problem(f"{url}: frame {seq}", message["status"], message)
        if message["status"] not in _TRANSIENT:
            raise problem(url, message["status"], message)

    def _transmit(self) -> None:
        """Send what may be sent now."""
        while (frame := self._window.next_to_send()) is not None:
            self._present.send(frame)

    def _reconnect(self, error: EndpointError) -> None:
        """Connect again, until it works or is in vain; then send again what the server lacks."""
        if self._window.is_idle and not self._ending:
            self._heard_s = time.monotonic()  # nothing was due before
        self._present.close()
        while True:
            if error.status not in _TRANSIENT:
                raise error
            if self._ended:
                return
            logger.warning("%s; connecting again", error)
            wait_s = min(_FIRST_WAIT_S * 2**self._failures, _LONGEST_WAIT_S)
            if time.monotonic() + wait_s > self._heard_s + self._patience_s:
                raise self._given_up(str(error)) from error
            time.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 (spreads clients, guards nothing)
            self._failures = min(self._failures + 1, 16)
            epoch = None if self._window.is_whole else self._epoch
            try:
                self._connection = StreamConnection(self._endpoint, self._session, epoch, self._inbox.put)
            except EndpointError as again:
                error = again
                continue
            break
        self.reconnects += 1
        self._go_on()

    def _go_on(self) -> None:
        """Go on with the session on a new connection."""
        greeting = self._present.greeting
        if not greeting.resumed and not self._window.is_whole:
            raise SessionLostError(self._endpoint.url, "the session was begun anew", self._session, 410)
        self._epoch = greeting.epoch
        self._resumed = True
        try:
            self._window.rewind(greeting.next_seq, self._size(greeting.window))
        except LookupError as error:
            raise SessionLostError(
                self._endpoint.url, "the session went back too far", str(error), 410
            ) from error
        self._transmit()
        if self._ending:
            self._present.end()

    def _given_up(self, reason: str) -> EndpointError:
        return EndpointError(self._endpoint.url, f"given up after {self._patience_s:g} s", reason)
