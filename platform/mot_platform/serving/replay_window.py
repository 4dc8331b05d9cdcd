"""Which frames of a stream are under way, and which are kept to be sent again. No sockets, no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MAX_KEPT_FRAMES = 512
"""Frames kept beyond the window: many times what lies between two snapshots of a session."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamFrame:
    """One frame to send."""

    seq: int
    """Its number in the stream; rises, gaps are allowed."""
    picture: bytes
    """JPEG or PNG."""
    time_s: float | None = None
    """Presentation time in seconds; None: its time of arrival."""
    source_wh: tuple[int, int] | None = None
    """Size that boxes refer to, where the picture is a smaller copy; None: the picture's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    frame: StreamFrame
    sent_s: float


class ReplayWindow:
    """The frames of one stream from `add` until nothing can ask for them again.

    A frame waits in a queue, then flies on the present connection, then is answered. It is kept until it is
    both answered and durable, for a session that is taken up again begins where it was last made durable.

    Args:
        size: Most frames that wait or fly.
        first_seq: Lowest number that a frame may have.
    """

    def __init__(self, *, size: int, first_seq: int = 0) -> None:
        if size < 1:
            raise ValueError(f"window must be at least 1, got {size}")
        self.size = size
        self._kept: dict[int, _Kept] = {}  # in order of seq
        self._queue: deque[int] = deque()
        self._flying: set[int] = set()
        self._begins_at_0 = first_seq == 0
        self._newest = self._answered = self._durable = self._released = first_seq - 1

    @property
    def has_room(self) -> bool:
        """Whether another frame may be added."""
        return len(self._queue) + len(self._flying) < self.size

    @property
    def is_idle(self) -> bool:
        """Whether every frame is answered."""
        return not self._queue and not self._flying

    @property
    def is_whole(self) -> bool:
        """Whether every frame since the beginning is kept: a server that lost them can have them again."""
        return self._begins_at_0 and self._released < 0

    @property
    def num_kept(self) -> int:
        """Frames in memory."""
        return len(self._kept)

    def add(self, frame: StreamFrame, now_s: float) -> None:
        """Take in a frame to send; there must be room.

        Raises:
            ValueError: if its number does not rise.
        """
        if frame.seq <= self._newest:
            raise ValueError(f"seq must rise: {frame.seq} after {self._newest}")
        self._newest = frame.seq
        self._kept[frame.seq] = _Kept(frame=frame, sent_s=now_s)
        self._queue.append(frame.seq)

    def next_to_send(self) -> StreamFrame | None:
        """Return the next frame for the present connection, from now on flying; None if there is none."""
        if not self._queue or len(self._flying) >= self.size:
            return None
        seq = self._queue.popleft()
        self._flying.add(seq)
        return self._kept[seq].frame

    def answered(self, seq: int, durable_seq: int) -> float | None:
        """Note an answer; return when the frame was first sent, or None if it was answered before."""
        self._flying.discard(seq)
        self._durable = max(self._durable, durable_seq)
        sent_s = None
        if seq > self._answered and seq in self._kept:
            self._answered = seq
            sent_s = self._kept[seq].sent_s
        self._release()
        return sent_s

    def forget(self, seq: int) -> None:
        """Note that there will be no answer to a frame, for it was refused or dropped."""
        self._flying.discard(seq)
        self._kept.pop(seq, None)

    def rewind(self, next_seq: int, size: int) -> None:
        """Begin on a new connection: what the server lacks, and what is unanswered, is to be sent again.

        Args:
            next_seq: First number that the server has not applied.
            size: The new connection's window.

        Raises:
            LookupError: if the server lacks frames that are no longer kept.
        """
        if next_seq <= self._released:
            raise LookupError(f"frames {next_seq} to {self._released} are not kept any more")
        self.size = size
        self._flying.clear()
        first = min(next_seq, self._answered + 1)
        self._queue = deque(seq for seq in self._kept if seq >= first)

    def _release(self) -> None:
        """Let go of frames that nobody can ask for, and of the oldest answered ones beyond the bound."""
        needed = min(self._durable, self._answered)
        for seq in list(self._kept):
            if seq > needed and (seq > self._answered or len(self._kept) <= MAX_KEPT_FRAMES + self.size):
                break
            if seq in self._flying or seq in self._queue:
                break
            del self._kept[seq]
            self._released = seq
