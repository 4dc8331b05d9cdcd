"""Frames that arrive on their own: from a webcam, or from a network stream that may break and come back."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

import av
import cv2

from mot_platform.errors import MediaError, MediaOpenError, NotAVideoError
from mot_platform.video.index import DEFAULT_FRAME_RATE_HZ
from mot_platform.video.opening import describe, media_error
from mot_platform.video.scaling import Orientation

logger = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
_OPTIONS = {"rtsp_transport": "tcp"}  # over UDP, every lost packet damages pictures until the next keyframe


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """A frame and its time in seconds since the first one, always increasing."""

    time_s: float
    frame: av.VideoFrame


class LiveFeed(Protocol):
    """Where live frames come from."""

    size_wh: tuple[int, int]
    frame_rate_hz: float

    def read(self) -> Iterator[LiveFrame]:
        """Yield frames as they arrive, until closed."""

    def close(self) -> None:
        """Make `read` end soon."""


class Webcam:
    """A camera of this machine.

    Raises:
        MediaOpenError: if there is no such camera, or it gives no picture.
    """

    def __init__(self, camera_index: int) -> None:
        self._name = f"webcam {camera_index}"
        # On Linux, ask the file system first: OpenCV prints its own complaints about missing devices.
        if sys.platform == "linux" and not Path(f"/dev/video{camera_index}").exists():
            raise MediaOpenError(self._name, f"there is no /dev/video{camera_index}", "open", True)
        self._capture = cv2.VideoCapture(camera_index)
        if not self._capture.isOpened():
            raise MediaOpenError(self._name, "cannot be opened; is it in use?", "open", True)
        self._closed = threading.Event()
        self.size_wh = (
            int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        self.frame_rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS)) or DEFAULT_FRAME_RATE_HZ

    def read(self) -> Iterator[LiveFrame]:
        """Yield frames; see `LiveFeed`."""
        begun_s = time.monotonic()
        try:
            while not self._closed.is_set():
                ok, pixels = self._capture.read()
                if not ok:
                    raise MediaOpenError(self._name, "gives no more pictures", "decode", True)
                time_s = time.monotonic() - begun_s
                yield LiveFrame(time_s, av.VideoFrame.from_ndarray(pixels, format="bgr24"))
        finally:
            self._capture.release()

    def close(self) -> None:
        """Stop reading."""
        self._closed.set()


class NetworkStream:
    """A stream that is opened again, with growing waits, when it breaks.

    Damaged packets are skipped. Time follows the stream's own clock; over a break it follows ours.

    Args:
        url: what to open: rtsp, rtmp, udp, tcp or srt.
        timeout_s: silence after which the connection counts as broken.
        max_attempts: failures in a row, without a frame between them, after which the stream is given up.
        num_threads: decoder threads; 0 takes one per core.

    Raises:
        MediaOpenError: if the first connection fails.
        NotAVideoError: if it carries no video.
    """

    def __init__(
        self, url: str, *, timeout_s: float = 10.0, max_attempts: int = 8, num_threads: int = 0
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._num_threads = num_threads
        self._closed = threading.Event()
        container = self._connect()
        stream = container.streams.video[0]
        self.frame_rate_hz = float(stream.average_rate or stream.guessed_rate or DEFAULT_FRAME_RATE_HZ)
        self._frames = self._read(container)
        self._first = next(self._frames)
        frame = self._first.frame
        self.size_wh = Orientation.of(frame).coded_wh((frame.width, frame.height))

    def read(self) -> Iterator[LiveFrame]:
        """Yield frames; see `LiveFeed`.

        Raises:
            MediaOpenError: if the stream stays broken.
        """
        return chain([self._first], self._frames)

    def close(self) -> None:
        """Stop reading."""
        self._closed.set()

    def _connect(self) -> av.container.InputContainer:
        try:
            container = av.open(self._url, options=_OPTIONS, timeout=self._timeout_s)
        except (av.FFmpegError, OSError) as error:
            raise media_error(self._url, error, stage="open") from error
        if not container.streams.video:
            container.close()
            raise NotAVideoError(self._url, "the stream carries no video", "probe")
        context = container.streams.video[0].codec_context
        context.thread_count = self._num_threads
        context.thread_type = "SLICE"  # threads by frame would hold back a frame each
        return container

    def _read(self, container: av.container.InputContainer | None) -> Iterator[LiveFrame]:
        """Yield the frames of `container`, then of every connection after it."""
        begun_s = time.monotonic()
        time_s = -1.0
        attempts = 0
        reason = ""
        while not self._closed.is_set():
            if container is None:
                attempts += 1
                if attempts > self._max_attempts:
                    raise MediaOpenError(
                        self._url, f"lost, {self._max_attempts} attempts: {reason}", "open", True
                    )
                self._closed.wait(min(FIRST_WAIT_S * 2 ** (attempts - 1), LONGEST_WAIT_S))
            try:
                container = container or self._connect()
                offset_s = time.monotonic() - begun_s
                first_s: float | None = None
                for frame in self._decode(container):
                    stamp_s = frame.time if frame.time is not None else time.monotonic()
                    first_s = stamp_s if first_s is None else first_s
                    time_s = max(offset_s + stamp_s - first_s, time_s + 1e-3)
                    attempts = 0
                    yield LiveFrame(time_s, frame)
                reason = "the stream ended"
            except MediaError as error:
                reason = error.reason
            except (av.FFmpegError, OSError) as error:
                reason = describe(error)
            logger.warning("%s: %s, connecting again", self._url, reason)
            if container is not None:
                container.close()
            container = None

    def _decode(self, container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
        """Yield frames until the connection ends, leaving out damaged packets."""
        for packet in container.demux(container.streams.video[0]):
            if self._closed.is_set():
                return
            try:
                yield from packet.decode()
            except av.InvalidDataError:
                continue


def newest_frames(feed: LiveFeed) -> Iterator[tuple[int, LiveFrame]]:
    """Yield the newest frame of `feed` each time one is wanted, with its index among all that arrived.

    A thread reads the feed, so that frames nobody has time for are dropped instead of piling up.

    Raises:
        MediaError: whatever ended the feed.
    """
    changed = threading.Condition()
    waiting: list[tuple[int, LiveFrame]] = []
    ended: list[BaseException | None] = []

    def read() -> None:
        failure: BaseException | None = None
        try:
            for item in enumerate(feed.read()):
                with changed:
                    waiting[:] = [item]
                    changed.notify()
        except BaseException as error:  # handed to the consumer, who raises it
            failure = error
        with changed:
            ended.append(failure)
            changed.notify()

    threading.Thread(target=read, name="live-feed", daemon=True).start()
    try:
        while True:
            with changed:
                changed.wait_for(lambda: waiting or ended)
                item = waiting.pop() if waiting else None
            if item is None:
                break
            yield item
    finally:
        feed.close()
    if ended[0] is not None:
        raise ended[0]
