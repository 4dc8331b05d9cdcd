from __future__ import annotations

import asyncio
import threading

import pytest

from mot_platform.serving.batching import FrameBatcher


class Recorder:
    """Stands for an engine: notes its batches, and can be held up."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()

    def step(self, frames):
        self.go.wait(10)
        self.batches.append(list(frames))
        if "bad" in frames:
            raise RuntimeError("broken")
        return [(frame, frame, frame) for frame in frames]


def test_what_waits_while_the_engine_is_busy_is_one_batch() -> None:
    async def scenario():
        engine = Recorder()
        batcher = FrameBatcher(engine, max_batch=3)
        steps = [asyncio.create_task(batcher.step(number)) for number in range(6)]
        await asyncio.sleep(0.05)
        engine.go.set()
        return engine.batches, await asyncio.gather(*steps)

    batches, results = asyncio.run(scenario())
    assert [number for batch in batches for number in batch] == list(range(6)), "first come, first served"
    assert max(len(batch) for batch in batches) == 3
    assert [result[0] for result in results] == list(range(6))


def test_a_failure_reaches_those_in_the_batch_and_the_next_goes_on() -> None:
    async def scenario():
        engine = Recorder()
        engine.go.set()
        batcher = FrameBatcher(engine, max_batch=2)
        with pytest.raises(RuntimeError, match="broken"):
            await batcher.step("bad")
        return await batcher.step("good")

    assert asyncio.run(scenario())[0] == "good"
