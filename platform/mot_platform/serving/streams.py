"""A live stream over a WebSocket: frames in, answers out, nothing queued without bound."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from mot_platform.serving.link import SessionLink, closed_for_sure
from mot_platform.serving.pictures import SentFrame
from mot_platform.serving.problems import Problem
from mot_platform.serving.replies import Opened
from mot_platform.serving.settings import Limits

MAX_FRAMES_PER_CALL = 4
MAX_HEADER_CHARS = 1000
MAX_SEQ = 2**31 - 1
RESTARTING = 1012


class FrameInbox:
    """Frames of one connection that wait for their turn, and what is known of the next.

    Args:
        limits: What is accepted.
        next_seq: Number of a first frame that states none.
        started_at: Unix time from which the times of frames without one count.
    """

    def __init__(self, limits: Limits, *, next_seq: int, started_at: float) -> None:
        self.num_dropped = 0
        self.ended = False
        self._limits = limits
        self._next_seq = next_seq
        self._started_at = started_at
        self._header: Mapping[str, Any] | None = {}
        self._frames: deque[SentFrame] = deque()
        self._num_taken = 0
        self._changed = asyncio.Event()

    def header(self, text: str) -> None:
        """Take a text message: what goes with the next picture, or the end.

        Raises:
            FrameProblem: "bad-request"; the next picture is then thrown away.
        """
        try:
            message = json.loads(text) if len(text) <= MAX_HEADER_CHARS else None
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict) and message.get("type") == "end":
            self.stop()
            return
        try:
            if not isinstance(message, dict):
                raise Problem(
                    "bad-request", "a text message must be a JSON object of at most 1000 characters"
                )
            self._header = _checked(message)
        except Problem as problem:
            self._header = None
            raise FrameProblem(problem, self._next_seq) from problem

    def picture(self, data: bytes) -> int | None:
        """Take a picture, and return its number if it has to be dropped.

        Raises:
            FrameProblem: "too-large".
        """
        header, self._header = self._header, {}
        if header is None:
            return None  # its header was refused already
        seq = header.get("seq", self._next_seq)
        self._next_seq = seq + 1
        if len(data) > self._limits.max_frame_bytes:
            limit = self._limits.max_frame_bytes
            raise FrameProblem(Problem("too-large", f"{len(data)} bytes, the limit is {limit}"), seq)
        if len(self._frames) + self._num_taken >= self._limits.window:
            self.num_dropped += 1
            return int(seq)
        time_s = header.get("time_s", max(0.0, time.time() - self._started_at))
        size = header.get("source_wh")
        source_wh = None if size is None else (size[0], size[1])
        self._frames.append(SentFrame(seq=seq, time_s=float(time_s), data=data, source_wh=source_wh))
        self._changed.set()
        return None

    async def take(self) -> list[SentFrame]:
        """Return the next frames, by rising `seq`, once there are some; none at the end of the stream."""
        self._num_taken = 0
        while not self._frames and not self.ended:
            self._changed.clear()
            await self._changed.wait()
        taken: list[SentFrame] = []
        while self._frames and len(taken) < MAX_FRAMES_PER_CALL:
            if taken and self._frames[0].seq <= taken[-1].seq:
                break
            taken.append(self._frames.popleft())
        self._num_taken = len(taken)
        return taken

    def stop(self) -> None:
        """Let `take` return what is left and then nothing."""
        self.ended = True
        self._changed.set()


class FrameProblem(Exception):  # noqa: N818 (a problem with a number)
    """A problem of one frame; the stream goes on."""

    def __init__(self, problem: Problem, seq: int) -> None:
        super().__init__(problem, seq)
        self.problem = problem
        self.seq = seq


class StreamConnection:
    """One accepted WebSocket from its first to its last message.

    Args:
        socket: Accepted already.
        link: Hold on the session, not yet opened.
        limits: What is accepted.
        model_digest: Told to the client.
    """

    def __init__(self, socket: WebSocket, link: SessionLink, limits: Limits, *, model_digest: str) -> None:
        self._socket = socket
        self._link = link
        self._limits = limits
        self._model_digest = model_digest
        self._stopped_by: Problem | int | None = None
        self._gone = False
        self._num_applied = 0
        self._answering: asyncio.Task[None] | None = None

    async def run(self, *, insist: bool) -> None:
        """Serve the stream until it ends.

        Args:
            insist: Refuse to begin anew.
        """
        reader = opened = None
        try:
            opened = await self._link.open(insist=insist)
            inbox = FrameInbox(self._limits, next_seq=opened.next_seq, started_at=opened.started_at)
            await self._send(self._greeting(opened))
            reader = asyncio.create_task(self._read(inbox))
            self._answering = asyncio.create_task(self._answer(inbox))
            if self._stopped_by is not None:
                self._answering.cancel()
            await asyncio.wait([self._answering])
            if not self._answering.cancelled():
                self._answering.result()
            await self._finish(inbox)
        except Problem as problem:
            await self._close_with(problem)
        except WebSocketDisconnect:
            pass
        finally:
            for task in (reader, self._answering):
                if task is not None:
                    task.cancel()
            if opened is not None and not opened.known and self._num_applied == 0:
                await closed_for_sure(self._link)  # nothing was seen in it, so nothing stays of it

    def stop(self, reason: Problem | int) -> None:
        """Close the stream from outside, with a problem or a close code."""
        self._stopped_by = reason
        if self._answering is not None:
            self._answering.cancel()

    async def _read(self, inbox: FrameInbox) -> None:
        """Put what arrives into the inbox; answer at once what can't go there."""
        try:
            while not inbox.ended:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    self._gone = True
                    break
                try:
                    if message.get("bytes") is not None:
                        dropped = inbox.picture(message["bytes"])
                        if dropped is not None:
                            count = inbox.num_dropped
                            await self._send({"type": "dropped", "seq": dropped, "dropped": count})
                    else:
                        inbox.header(message.get("text") or "")
                except FrameProblem as problem:
                    await self._send(problem.problem.message(problem.seq))
        except (WebSocketDisconnect, RuntimeError):
            self._gone = True
        finally:
            inbox.stop()

    async def _answer(self, inbox: FrameInbox) -> None:
        while frames := await inbox.take():
            if self._gone:
                return
            for answer in await self._link.step(frames):
                self._num_applied += answer["type"] == "frame"
                await self._send(answer | {"dropped": inbox.num_dropped})

    async def _finish(self, inbox: FrameInbox) -> None:
        """Say how it ended."""
        if isinstance(self._stopped_by, Problem):
            raise self._stopped_by
        if self._stopped_by is not None:
            await self._socket.close(self._stopped_by)
        elif not self._gone:
            end = {"type": "end", "epoch": self._link.epoch, "frames": await self._link.close()}
            await self._send(end | {"dropped": inbox.num_dropped})
            await self._socket.close()

    def _greeting(self, opened: Opened) -> Mapping[str, Any]:
        return {
            "type": "session",
            "session": self._link.session,
            "epoch": opened.epoch,
            "resumed": opened.known,
            "next_seq": opened.next_seq,
            "window": self._limits.window,
            "model_digest": self._model_digest,
        }

    async def _send(self, message: Mapping[str, Any]) -> None:
        if self._socket.application_state == WebSocketState.CONNECTED and not self._gone:
            try:
                await self._socket.send_text(json.dumps(message, separators=(",", ":"), allow_nan=False))
            except RuntimeError as error:  # the other side hung up between the check and the call
                raise WebSocketDisconnect from error

    async def _close_with(self, problem: Problem) -> None:
        try:
            await self._send(problem.message())
            await self._socket.close(problem.close_code)
        except (WebSocketDisconnect, RuntimeError):
            self._gone = True


def _checked(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the header of a frame, or raise a "bad-request" problem."""
    seq, time_s, size = header.get("seq", 0), header.get("time_s", 0.0), header.get("source_wh", [1, 1])
    if not _is_int(seq) or not 0 <= seq <= MAX_SEQ:
        raise Problem("bad-request", f"seq must be an integer from 0 to {MAX_SEQ}, got {seq!r:.50}")
    if not isinstance(time_s, int | float) or isinstance(time_s, bool) or not math.isfinite(time_s):
        raise Problem("bad-request", f"time_s must be a finite number of seconds, got {time_s!r:.50}")
    if not isinstance(size, list) or len(size) != 2 or not all(_is_int(n) and n > 0 for n in size):
        raise Problem("bad-request", f"source_wh must be [width, height], got {size!r:.50}")
    return header


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
