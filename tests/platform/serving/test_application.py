"""The endpoint as a whole, real processes killed: sessions survive their replica (P6) and their gate."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mot_platform.errors import InputError
from mot_platform.serving.application import build_application
from mot_platform.serving.client import StreamClient

MAX_GAP_S = 2.0


class Stream(threading.Thread):
    """One client that streams a clip and notes what came and when."""

    def __init__(self, url: str, session: str, frames: list[Any], pace_s: float) -> None:
        super().__init__(name=session)
        self.url, self.session, self.frames, self.pace_s = url, session, frames, pace_s
        self.answers: list[Any] = []
        self.arrived_s: list[float] = []
        self.reconnects = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with StreamClient(self.url, session=self.session) as client:
                for answer in client.track(self.paced()):
                    self.answers.append(answer)
                    self.arrived_s.append(time.monotonic())
                self.reconnects = client.reconnects
        except Exception as error:
            self.error = error

    def paced(self) -> Any:
        for frame in self.frames:
            yield frame
            time.sleep(self.pace_s)

    @property
    def longest_gap_s(self) -> float:
        return max(b - a for a, b in zip(self.arrived_s, self.arrived_s[1:], strict=False))


def run_with(streams: list[Stream], kill: Callable[[], None]) -> None:
    """Start all streams, call `kill` when they are under way, and wait for their ends."""
    for stream in streams:
        stream.start()
    while min(len(stream.answers) for stream in streams) < 20 and not any(s.error for s in streams):
        time.sleep(0.05)
    kill()
    for stream in streams:
        stream.join(90)


def busiest(pids: list[int]) -> int:
    """Return the process that works most: sessions may all be with one replica, and one must die."""

    def ticks(pid: int) -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])  # user and system time

    before = {pid: ticks(pid) for pid in pids}
    time.sleep(0.5)
    return max(pids, key=lambda pid: ticks(pid) - before[pid])


def assert_uninterrupted(stream: Stream, expected: list[Any]) -> None:
    assert stream.error is None
    assert [answer.frame_index for answer in stream.answers] == list(range(len(expected)))
    for answer, tracks in zip(stream.answers, expected, strict=True):
        assert answer.tracks.track_id.tolist() == tracks.track_id.tolist()
        assert answer.tracks.xyxy.tolist() == tracks.xyxy.tolist()


def test_four_streams_survive_the_death_of_a_tracker_replica(running, clip) -> None:
    streams = [Stream(running.url, f"drill-{i}", clip.frames, 0.1) for i in range(4)]

    def kill() -> None:
        time.sleep(random.uniform(0, 0.5))
        os.kill(busiest(running.pids("Tracker")), signal.SIGKILL)

    run_with(streams, kill)
    for stream in streams:
        assert_uninterrupted(stream, clip.tracks)
        assert stream.longest_gap_s <= MAX_GAP_S
    assert sum(any(answer.resumed for answer in stream.answers) for stream in streams) >= 1


def test_a_stream_survives_the_death_of_the_gate(running, clip) -> None:
    stream = Stream(running.url, "gate-drill", clip.frames, 0.05)
    (gate,) = running.pids("GateIngress")
    run_with([stream], lambda: os.kill(gate, signal.SIGKILL))
    assert_uninterrupted(stream, clip.tracks)
    assert stream.reconnects >= 1


@pytest.mark.filterwarnings("default")
def test_impossible_settings_are_named(untrained_weights) -> None:
    with pytest.raises(InputError, match="windw"):
        build_application({"weights": str(untrained_weights), "store": "s", "limits": {"windw": 3}})
    with pytest.raises(InputError, match="no weights there"):
        build_application({"weights": "nowhere", "store": "s"})
