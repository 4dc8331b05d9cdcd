"""The gate's end of a session: it follows it from replica to replica and loses no frame on the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from mot_platform.serving.pictures import SentFrame
from mot_platform.serving.problems import Problem
from mot_platform.serving.replies import ModelDescription, Moved, NotHere, Opened

logger = logging.getLogger(__name__)

MAX_KEPT_BYTES = 16 * 2**20
"""Frames kept for replay; beyond, the replica is asked to make its state durable at once."""
ATTEMPTS = 20
"""For calls without frames."""
STEP_ATTEMPTS = 5
"""For calls with frames: a frame that brings its replica down must not bring down one after the other."""
PAUSE_S = 0.1
"""Between attempts; the router itself waits for a replica while there is none."""


class ReplicaUnreachableError(Exception):
    """A call that did not come back: its replica died, is overloaded or silent."""


class Replicas(Protocol):
    """Calls to the replica that a session sticks to.

    Every call raises `ReplicaUnreachableError` where there is no answer.
    """

    async def call(self, session: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return the answer of a method of `TrackerReplica`."""
        ...

    async def describe(self) -> ModelDescription:
        """Return what the replicas run."""
        ...


class SessionLink:
    """One connection's hold on one session.

    Frames are kept until their effect is in the session store. When the replica dies, or the session's place
    moves, the replica that is responsible now loads the newest snapshot and gets the frames after it again.

    Args:
        replicas: How to reach them.
        session: Name of the session.
        holder: Name of this connection, unique.
    """

    def __init__(self, replicas: Replicas, session: str, *, holder: str) -> None:
        self.session = session
        self.num_resumed = 0
        self._replicas = replicas
        self._holder = holder
        self._opened: Opened | None = None
        self._kept: deque[SentFrame] = deque()
        self._kept_bytes = 0
        self._let_go_seq = -1  # newest frame that cannot be sent again from here

    @property
    def epoch(self) -> int:
        """How often the session was taken up."""
        return self._opened.epoch if self._opened else 0

    async def open(self, *, insist: bool) -> Opened:
        """Take the session, from whoever holds it.

        Args:
            insist: Refuse to begin anew.

        Raises:
            Problem: "session-lost" if it would begin anew, "unavailable" without replicas.
        """
        opened = await self._reach("open", self._holder, steal=True)
        if isinstance(opened, Moved):
            raise Problem("replaced", opened.reason)
        if insist and not opened.known:
            await self._reach("close", opened.epoch)
            raise Problem("session-lost", f"{self.session}: its state is gone; begin anew without `epoch`")
        self._opened = opened
        self._let_go_seq = opened.next_seq - 1
        return opened  # type: ignore[no-any-return]

    async def step(self, frames: Sequence[SentFrame]) -> list[dict[str, Any]]:
        """Return an answer to each frame, whatever happens to replicas meanwhile.

        Raises:
            Problem: "replaced", "session-lost" or "unavailable": the connection can't go on.
        """
        resumed = False
        for _ in range(STEP_ATTEMPTS):
            settle = self._kept_bytes > MAX_KEPT_BYTES
            try:
                answers = await self._replicas.call(
                    self.session, "step", self.epoch, list(frames), settle=settle
                )
            except ReplicaUnreachableError as error:
                logger.warning("session %s: %s; taking it up again", self.session, error)
                answers = NotHere()
            if isinstance(answers, Moved):
                raise Problem("replaced", answers.reason)
            if not isinstance(answers, NotHere):
                self._keep(frames, durable_seq=answers[-1]["durable_seq"])
                if resumed:
                    answers[0]["resumed"] = True
                return answers  # type: ignore[no-any-return]
            resumed = await self._take_up_again()
        raise Problem(
            "unavailable",
            f"{self.session}: frames {frames[0].seq} to {frames[-1].seq} found no replica that answers; "
            "reconnect with the same session",
        )

    async def close(self) -> int:
        """End the session and return how many frames it had."""
        return int(await self._reach("close", self.epoch))

    async def _take_up_again(self) -> bool:
        """Open the session at the replica that is responsible now and bring it up to date.

        Returns:
            Whether the session stands where it stood; if not, the replica was lost again.
        """
        opened = await self._reach("open", self._holder, steal=False)
        if isinstance(opened, Moved):
            raise Problem("replaced", opened.reason)
        if opened.next_seq <= self._let_go_seq:
            await self._reach("close", opened.epoch)
            raise Problem(
                "session-lost",
                f"{self.session}: the store has nothing after frame {opened.next_seq - 1}, and frames up to "
                f"{self._let_go_seq} are no longer here; begin anew without `epoch`",
            )
        self._opened = opened
        self.num_resumed += 1
        missing = [frame for frame in self._kept if frame.seq >= opened.next_seq]
        if not missing:
            return True
        try:
            replayed = await self._replicas.call(self.session, "step", self.epoch, missing, settle=True)
        except ReplicaUnreachableError as error:
            logger.warning("session %s: lost again while catching up: %s", self.session, error)
            return False
        return not isinstance(replayed, Moved | NotHere)

    async def _reach(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return the answer of the responsible replica, waiting for one to come up."""
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                return await self._replicas.call(self.session, method, *args, **kwargs)
            except ReplicaUnreachableError as error:
                reason = str(error)
                await asyncio.sleep(PAUSE_S)
        raise Problem("unavailable", f"{self.session}: no replica answers: {reason}")

    def _keep(self, frames: Sequence[SentFrame], *, durable_seq: int) -> None:
        """Remember applied frames, and forget those that the store has seen."""
        self._kept.extend(frames)
        self._kept_bytes += sum(len(frame.data) for frame in frames)
        while self._kept and self._kept[0].seq <= durable_seq:
            gone = self._kept.popleft()
            self._kept_bytes -= len(gone.data)
            self._let_go_seq = max(self._let_go_seq, gone.seq)


async def closed_for_sure(link: SessionLink) -> None:
    """End the session even if the caller is being cancelled; should that fail, it expires by itself."""

    async def close() -> None:
        with contextlib.suppress(Problem):
            await link.close()

    await asyncio.shield(asyncio.create_task(close()))
