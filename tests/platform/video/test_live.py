"""Live feeds survive a break, drop what nobody has time for, and end with a reason."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.errors import MediaOpenError
from mot_platform.video import live
from mot_platform.video.live import LiveFrame, NetworkStream, Webcam, newest_frames

MakeVideo = Callable[..., Path]


@pytest.fixture
def serve() -> Iterator[Callable[[bytes, int], str]]:
    """Return a function that serves bytes to so many connections in turn, then is gone."""
    servers: list[tuple[socket.socket, threading.Thread]] = []

    def start(data: bytes, num_connections: int) -> str:
        server = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            for _ in range(num_connections):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(data)
            server.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server, thread in servers:
        server.close()
        thread.join(timeout=5)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_WAIT_S", 0.01)


@pytest.mark.usefixtures("impatient")
def test_a_broken_stream_is_opened_again_and_time_goes_on(
    make_video: MakeVideo, serve: Callable[[bytes, int], str]
) -> None:
    url = serve(make_video("a.ts", num_frames=10).read_bytes(), 2)
    stream = NetworkStream(url, max_attempts=2, timeout_s=5, num_threads=1)
    assert stream.size_wh == (96, 64)
    assert stream.frame_rate_hz == pytest.approx(25)
    times: list[float] = []
    with pytest.raises(MediaOpenError) as caught:
        times.extend(frame.time_s for frame in stream.read())
    assert len(times) == 20
    assert (np.diff(times) > 0).all()
    assert caught.value.retriable
    assert "2 attempts" in str(caught.value)


def test_a_stream_that_is_not_there_fails_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(MediaOpenError) as caught:
        NetworkStream(f"rtsp://127.0.0.1:{port}/a", timeout_s=5)
    assert (caught.value.stage, caught.value.retriable) == ("open", True)
    assert "refused" in caught.value.reason


def test_a_webcam_that_is_not_there_is_a_clear_error() -> None:
    with pytest.raises(MediaOpenError, match="webcam 97"):
        Webcam(97)


class ScriptedFeed:
    """Ten frames, the first of which waits for nobody."""

    size_wh = (8, 8)
    frame_rate_hz = 25.0

    def __init__(self, failure: Exception | None = None) -> None:
        self.all_read = threading.Event()
        self.closed = False
        self._failure = failure

    def read(self) -> Iterator[LiveFrame]:
        blank = av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")
        for number in range(10):
            yield LiveFrame(number / 25, blank)
        self.all_read.set()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed = True


def test_a_slow_consumer_gets_the_newest_frame_and_sees_the_gap() -> None:
    feed = ScriptedFeed()
    frames = newest_frames(feed)
    first, _ = next(frames)
    assert feed.all_read.wait(5)
    rest = [index for index, _ in frames]
    assert rest == ([9] if first < 9 else [])
    assert feed.closed


def test_what_ends_a_feed_reaches_the_consumer() -> None:
    feed = ScriptedFeed(MediaOpenError("cam", "unplugged", "decode", True))
    with pytest.raises(MediaOpenError, match="unplugged"):
        list(newest_frames(feed))
