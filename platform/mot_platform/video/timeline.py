"""The index and time of each frame that a decoder gives, worked out from the packets it was sent."""

from __future__ import annotations

import heapq
from fractions import Fraction
from typing import Protocol


class Timeline(Protocol):
    """Gives frames their place; told of every packet before the decoder is."""

    def sent(self, pts: int | None) -> None:
        """Note a packet that goes to the decoder."""

    def left_out(self, pts: int) -> None:
        """Note a packet that the decoder does not get."""

    def place(self, pts: int | None) -> tuple[int, int] | None:
        """Return the absolute index and the timestamp of the next frame, or None if it is not to be shown."""


class KeyedTimeline:
    """For seekable videos: a frame's index is the rank of its timestamp among those of the packets.

    That holds wherever decoding starts, even if the decoder swallows a packet. Memory is bounded by the
    decoder's delay.

    Attributes:
        next_index: Index of the next frame if none is lost.
        num_lost: Packets that the decoder got and gave no frame for, though it gave later ones.
    """

    def __init__(self, first_index: int, first_pts: int | None) -> None:
        self.next_index = first_index
        self.num_lost = 0
        self._left_out: set[int] = set()
        self._first_pts = first_pts
        self._pending: list[int] = []

    def sent(self, pts: int | None) -> None:
        """Note a packet; those shown before the first frame belong to the segment before."""
        if pts is not None and (self._first_pts is None or pts >= self._first_pts):
            heapq.heappush(self._pending, pts)

    def left_out(self, pts: int) -> None:
        """Note a packet that the decoder does not get; its place is counted all the same."""
        self.sent(pts)
        if self._first_pts is None or pts >= self._first_pts:
            self._left_out.add(pts)

    def place(self, pts: int | None) -> tuple[int, int] | None:
        """Return index and timestamp of a frame, None for one that is shown before the segment.

        Raises:
            ValueError: if no packet had this timestamp.
        """
        if pts is not None and self._first_pts is not None and pts < self._first_pts:
            return None
        while self._pending and pts is not None and self._pending[0] < pts:
            passed = heapq.heappop(self._pending)
            self.next_index += 1
            self.num_lost += passed not in self._left_out
            self._left_out.discard(passed)
        if pts is None or not self._pending or self._pending[0] != pts:
            raise ValueError(f"the decoder gave a frame at timestamp {pts}, which no packet has")
        heapq.heappop(self._pending)
        self.next_index += 1
        return self.next_index - 1, pts


class CountedTimeline:
    """For all other videos: frames are counted, and timestamps made to increase.

    A frame whose timestamp is missing, or not after the one before, comes one frame period after it. AVI
    stores timestamps in decoding order, so there each frame takes the smallest one not yet used.
    """

    def __init__(self, *, period_s: float, time_base: Fraction, in_decode_order: bool) -> None:
        self.next_index = 0
        self._period = max(1, round(period_s / float(time_base)))
        self._pending: list[int] | None = [] if in_decode_order else None
        self._last: int | None = None

    def sent(self, pts: int | None) -> None:
        """Note a packet."""
        if self._pending is not None and pts is not None:
            heapq.heappush(self._pending, pts)

    def left_out(self, pts: int) -> None:
        """Raise, for frames that are counted must all be decoded."""
        raise RuntimeError("packets of a video without timestamps can't be left out")

    def place(self, pts: int | None) -> tuple[int, int]:
        """Return index and timestamp of a frame."""
        if self._pending is not None:
            pts = heapq.heappop(self._pending) if self._pending else None
        if pts is None:
            pts = 0 if self._last is None else self._last + self._period
        if self._last is not None and pts <= self._last:
            pts = self._last + self._period
        self._last = pts
        self.next_index += 1
        return self.next_index - 1, pts
