"""Frames of different streams through the engine together: whatever waits when it is free is one batch."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from mot_model.engine import Engine, StreamFrame
from mot_model.structures import Tracks
from mot_model.temporal_state import TemporalState
from mot_model.tracker_state import TrackerState

Stepped = tuple[TemporalState, TrackerState, Tracks]


class FrameBatcher:
    """Runs the engine in one thread and shares its time among streams, first come first served.

    No frame is kept waiting for others: a batch is what came while the last one was computed. A stream has at
    most one frame here at a time, so the queue is as long as there are streams.

    Args:
        engine: The model.
        max_batch: Most frames of a batch.
    """

    def __init__(self, engine: Engine, *, max_batch: int) -> None:
        self._engine = engine
        self._max_batch = max_batch
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._waiting: deque[tuple[StreamFrame, asyncio.Future[Stepped]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def step(self, frame: StreamFrame) -> Stepped:
        """Return the states after `frame` and what is tracked in it."""
        done: asyncio.Future[Stepped] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._max_batch, len(self._waiting)))]
            frames = [frame for frame, _ in batch]
            try:
                results = await loop.run_in_executor(self._thread, self._engine.step, frames)
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for (_, done), result in zip(batch, results, strict=True):
                    if not done.done():
                        done.set_result(result)
