"""A tracker replica: holds sessions, runs their frames through the engine, keeps them in the store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from mot_model.engine import Engine
from mot_platform.serving.batching import FrameBatcher
from mot_platform.serving.pictures import ReadyFrame, SentFrame, decode
from mot_platform.serving.replies import ModelDescription, Moved, NotHere, Opened
from mot_platform.serving.session import Answer, LiveSession
from mot_platform.serving.session_store import Claim, FencedError, SessionStore
from mot_platform.serving.settings import ServeConfig
from mot_platform.serving.snapshot import Snapshot, SnapshotError, from_bytes

logger = logging.getLogger(__name__)

MAX_LIVE = 64
"""Sessions in a replica's memory; beyond, the one unused for longest goes, its state in the store."""
HOUSEKEEPING_S = 5.0
DECODING_THREADS = 2


class TrackerReplica:
    """The sessions of one process. Every call names its session; calls for one session come one by one.

    Args:
        config: The endpoint.
        load: Returns the engine and the description of the model.
        store: Where sessions outlive this process.
    """

    def __init__(
        self,
        config: ServeConfig,
        load: Callable[[], tuple[Engine, ModelDescription]],
        store: SessionStore,
    ) -> None:
        self._config = config
        self._engine, self._model = load()
        self._store = store
        self._batcher = FrameBatcher(self._engine, max_batch=config.max_batch)
        self._decoders = ThreadPoolExecutor(DECODING_THREADS, thread_name_prefix="decode")
        self._sessions: dict[str, LiveSession] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def describe(self) -> ModelDescription:
        """Return what runs here."""
        return self._model

    async def open(self, session: str, holder: str, *, steal: bool) -> Opened | Moved:
        """Take up a session, from memory, from the store, or from nothing.

        Args:
            session: Its name.
            holder: The connection that asks.
            steal: Whether it may take the session from another connection.
        """
        self._keep_house()
        try:
            claim, data = await asyncio.to_thread(self._store.claim, session, holder=holder, steal=steal)
        except FencedError as error:
            return Moved(reason=str(error))
        live = self._sessions.get(session)
        if live is not None and not live.fenced and live.claim.epoch == claim.epoch - 1:
            async with live.lock:
                live.renew(claim)
                await live.settle()
        else:
            live = self._restored(claim, data)
            self._sessions[session] = live
        return Opened(
            epoch=claim.epoch,
            next_seq=live.state.next_seq,
            started_at=live.state.started_at,
            known=live.state.num_frames > 0,
        )

    async def step(
        self, session: str, epoch: int, frames: Sequence[SentFrame], *, settle: bool = False
    ) -> list[Answer] | Moved | NotHere:
        """Apply frames to a session and return their answers; a cancelled call is still carried out.

        Args:
            session: Its name.
            epoch: Epoch at which it was opened.
            frames: By rising `seq`.
            settle: Make the state durable before answering.
        """
        return await asyncio.shield(self._step(session, epoch, frames, settle=settle))

    async def close(self, session: str, epoch: int) -> int:
        """End a session and return how many frames it had; nothing happens if it moved on."""
        live = self._sessions.get(session)
        num_frames = 0
        if live is not None and live.claim.epoch == epoch:
            async with live.lock:
                live.fenced = True
                num_frames = live.state.num_frames
            self._sessions.pop(session, None)
        await asyncio.to_thread(self._store.delete, session, epoch=epoch)
        return num_frames

    async def delete(self, session: str) -> bool:
        """Forget a session, whoever holds it; return whether there was one."""
        self._sessions.pop(session, None)
        return await asyncio.to_thread(self._store.delete, session)

    async def _step(
        self, session: str, epoch: int, frames: Sequence[SentFrame], *, settle: bool
    ) -> list[Answer] | Moved | NotHere:
        live = self._sessions.get(session)
        if live is None or live.claim.epoch < epoch:
            return NotHere()
        async with live.lock:
            if live.fenced or live.claim.epoch > epoch:
                return Moved(reason=f"{session} was taken up elsewhere after epoch {epoch}")
            return await live.step(
                frames,
                decoding=self._decoded,
                batcher=self._batcher,
                vocabulary=self._model.vocabulary,
                settle=settle,
            )

    async def _decoded(self, frame: SentFrame) -> ReadyFrame:
        work = partial(
            decode,
            frame,
            video="stream",
            input_wh=self._engine.perceiver.input_wh,
            max_pixels=self._config.limits.max_pixels,
        )
        return await asyncio.get_running_loop().run_in_executor(self._decoders, work)

    def _restored(self, claim: Claim, data: bytes | None) -> LiveSession:
        """Return the session of a snapshot, or a new one."""
        state = None
        if data is not None:
            try:
                state = from_bytes(data)
                if state.model_digest != self._model.digest:
                    raise SnapshotError(f"made by model {state.model_digest[:12]}")
            except SnapshotError as error:
                logger.warning("session %s begins anew: %s", claim.session, error)
                state = None
        return LiveSession(
            claim,
            state or self._fresh(),
            is_durable=state is not None,
            store=self._store,
            policy=self._config.sessions,
            num_answers=self._config.limits.window,
        )

    def _fresh(self) -> Snapshot:
        return Snapshot(
            model_digest=self._model.digest,
            next_seq=0,
            num_frames=0,
            source_wh=None,
            started_at=time.time(),
            temporal=self._engine.perceiver.initial_state(),
            tracker=self._engine.identifier.initial_state(),
        )

    def _keep_house(self) -> None:
        """Start the housekeeping with the first session; there is no event loop before."""
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._housekeeping())

    async def _housekeeping(self) -> None:
        """Let go of idle sessions, and let those end that nobody came back to."""
        policy = self._config.sessions
        while True:
            await asyncio.sleep(min(HOUSEKEEPING_S, policy.idle_s))
            by_use = sorted(self._sessions.items(), key=lambda item: item[1].used_at_s)
            excess = len(by_use) - MAX_LIVE
            limit_s = time.monotonic() - policy.idle_s
            for rank, (session, live) in enumerate(by_use):
                if not live.lock.locked() and (rank < excess or live.used_at_s < limit_s):
                    async with live.lock:
                        await live.settle()
                    if self._sessions.get(session) is live:
                        del self._sessions[session]
            await asyncio.to_thread(self._store.sweep, older_than_s=policy.keep_s, max_kept=policy.max_kept)
