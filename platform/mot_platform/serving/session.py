"""One session inside a tracker replica: its state, the order of its frames, and its snapshots."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from mot_model.engine import StreamFrame
from mot_platform.schema import Vocabulary
from mot_platform.serving.batching import FrameBatcher
from mot_platform.serving.messages import track_records
from mot_platform.serving.pictures import ReadyFrame, SentFrame
from mot_platform.serving.problems import Problem
from mot_platform.serving.session_store import Claim, FencedError, SessionStore
from mot_platform.serving.settings import SessionPolicy
from mot_platform.serving.snapshot import Snapshot, to_bytes

logger = logging.getLogger(__name__)

Decoding = Callable[[SentFrame], Awaitable[ReadyFrame]]
Answer = dict[str, Any]


class LiveSession:
    """A session in memory. Its state is a value that every frame replaces, so a snapshot needs no copy.

    Args:
        claim: The right to it.
        state: Where it stands.
        is_durable: Whether the store has that state.
        store: Where snapshots go.
        policy: When they go there.
        num_answers: Answers remembered for frames that are sent again.
    """

    def __init__(
        self,
        claim: Claim,
        state: Snapshot,
        *,
        is_durable: bool,
        store: SessionStore,
        policy: SessionPolicy,
        num_answers: int,
    ) -> None:
        self.claim = claim
        self.state = state
        self.lock = asyncio.Lock()
        self.used_at_s = time.monotonic()
        self.fenced = False
        self.durable_seq = state.next_seq - 1 if is_durable else -1
        self._resumed = is_durable
        self._store = store
        self._policy = policy
        self._num_answers = num_answers
        self._saved_at_s = time.monotonic()
        self._saving: asyncio.Task[None] | None = None

    def renew(self, claim: Claim) -> None:
        """Go on for another connection."""
        self.claim = claim
        self._resumed = self.state.num_frames > 0

    async def step(
        self,
        frames: Sequence[SentFrame],
        *,
        decoding: Decoding,
        batcher: FrameBatcher,
        vocabulary: Vocabulary,
        settle: bool,
    ) -> list[Answer]:
        """Apply `frames` in order and return an answer, or a problem, to each.

        Call it with the lock held. A frame that was applied before is answered from memory.

        Args:
            frames: By rising `seq`.
            decoding: Decodes a frame, elsewhere.
            batcher: The engine.
            vocabulary: The words of the model.
            settle: Make the state durable before returning.
        """
        self.used_at_s = time.monotonic()
        new = [frame for frame in frames if frame.seq >= self.state.next_seq]
        pictures = {frame.seq: asyncio.ensure_future(decoding(frame)) for frame in new}
        answers = []
        try:
            for frame in frames:
                try:
                    answers.append(await self._answer(frame, pictures.get(frame.seq), batcher, vocabulary))
                except Problem as problem:
                    answers.append(problem.message(frame.seq))
        finally:
            for picture in pictures.values():
                picture.cancel()
        await self._save_if_due(settle=settle)
        for answer in answers:
            answer["durable_seq"] = self.durable_seq
        return answers

    async def save(self) -> None:
        """Make the state durable; without a word if somebody else holds the session now.

        Raises:
            OSError: if the store can't be written.
        """
        state, claim = self.state, self.claim
        if self.fenced or self.durable_seq == state.next_seq - 1:
            return
        self._saved_at_s = time.monotonic()
        try:
            await asyncio.to_thread(lambda: self._store.save(claim, to_bytes(state)))
        except FencedError:
            self.fenced = self.fenced or claim == self.claim
        else:
            self.durable_seq = max(self.durable_seq, state.next_seq - 1)

    async def settle(self) -> None:
        """Make the state durable, a save under way included."""
        if self._saving is not None:
            await self._saving
        await self.save()

    async def _answer(
        self,
        frame: SentFrame,
        picture: asyncio.Future[ReadyFrame] | None,
        batcher: FrameBatcher,
        vocabulary: Vocabulary,
    ) -> Answer:
        known = self.state.answers.get(frame.seq)
        if known is None:
            if picture is None or frame.seq < self.state.next_seq:
                last = self.state.next_seq - 1
                raise Problem("bad-request", f"seq {frame.seq} comes after {last}; seq must rise")
            ready = await picture
            self._check_size(ready)
            states = StreamFrame(
                temporal=self.state.temporal,
                tracker=self.state.tracker,
                batch=ready.batch,
                letterbox=ready.letterbox,
            )
            temporal, tracker, tracks = await batcher.step(states)
            known = {
                "frame_index": frame.seq,
                "time_s": frame.time_s,
                "tracks": track_records(tracks, vocabulary),
            }
            self.state = replace(
                self.state,
                next_seq=frame.seq + 1,
                num_frames=self.state.num_frames + 1,
                source_wh=ready.letterbox.source_wh,
                temporal=temporal,
                tracker=tracker,
                answers=self._remembered(frame.seq, known),
            )
        resumed, self._resumed = self._resumed, False
        return {"type": "frame", "seq": frame.seq, "epoch": self.claim.epoch, "resumed": resumed} | known

    def _check_size(self, ready: ReadyFrame) -> None:
        before, now = self.state.source_wh, ready.letterbox.source_wh
        if before is not None and before != now:
            raise Problem(
                "bad-request",
                f"a frame of {now[0]} x {now[1]} in a stream of {before[0]} x {before[1]}; "
                "another size is another session",
            )

    def _remembered(self, seq: int, answer: Answer) -> dict[int, Answer]:
        """Return the last answers with a new one."""
        answers = dict(self.state.answers)
        answers[seq] = answer
        while len(answers) > self._num_answers:
            del answers[next(iter(answers))]
        return answers

    async def _save_if_due(self, *, settle: bool) -> None:
        """Save in the background when it is time; in the foreground the very first state, or to settle."""
        unsaved = self.state.next_seq - 1 - self.durable_seq
        if settle or (self.durable_seq < 0 and unsaved):
            await self.settle()
            return
        late = time.monotonic() - self._saved_at_s >= self._policy.snapshot_s
        is_saving = self._saving is not None and not self._saving.done()
        if unsaved and not is_saving and (late or unsaved >= self._policy.snapshot_frames):
            self._saving = asyncio.create_task(self._save_quietly())

    async def _save_quietly(self) -> None:
        try:
            await self.save()
        except OSError as error:
            logger.error("session %s: can't be saved: %s", self.claim.session, error)
