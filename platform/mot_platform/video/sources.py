"""What `track` can watch: a file, a folder of images, a webcam or a network stream, one frame at a time.

Every source decodes a frame once and gives it at the network's size and, if asked, at full size for people
to look at. Files and folders are read in full. Live sources (webcam, network) keep only the newest frame, so
that a slow consumer sees the present; `frame_index` counts the frames that arrived, so a gap in it tells how
many were dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np

from mot_model.structures import Array, FrameBatch
from mot_platform.errors import InputError, VideoDecodeError
from mot_platform.formats.motchallenge import read_seqinfo
from mot_platform.video.decoding import read_frames
from mot_platform.video.index import probe
from mot_platform.video.live import LiveFeed, NetworkStream, Webcam, newest_frames
from mot_platform.video.opening import describe
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.segments import plan_segments

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
NETWORK_SCHEMES = ("rtsp://", "rtsps://", "rtmp://", "rtmps://", "udp://", "tcp://", "srt://")
DEFAULT_FOLDER_RATE_HZ = 25.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFrame:
    """One frame of a source."""

    batch: FrameBatch
    """The frame at the size that was asked for, as a batch of one."""
    full: Array | None
    """uint8 `(H, W, 3)` RGB at the source's own size, None unless asked for."""


class FrameSource(Protocol):
    """Something to watch. Close it, or use `contextlib.closing`, to let go of the device or connection."""

    name: str
    size_wh: tuple[int, int]
    """Displayed size in pixels, the one that boxes refer to."""
    frame_rate_hz: float
    """Nominal frame rate; true times are in the frames."""
    num_frames: int | None
    """How many frames to expect, None for a live source."""

    def frames(self, *, size_wh: tuple[int, int], full: bool = False) -> Iterator[SourceFrame]:
        """Yield the frames in order, scaled to `size_wh`, and as they are if `full`."""

    def close(self) -> None:
        """Stop reading; iteration ends."""


def open_source(spec: str, *, frame_rate_hz: float | None = None, num_threads: int = 0) -> FrameSource:
    """Return the source that `spec` names, opened and measured.

    Args:
        spec: a webcam index such as "0", a stream such as "rtsp://host/path", a folder of images, or a path
            or fsspec URL of a video file.
        frame_rate_hz: rate of a folder of images; without it, the one in its `seqinfo.ini`, or 25.
        num_threads: decoder threads of files and streams; 0 takes one per core.

    Raises:
        InputError: if there is no such source, or a folder without images.
        MediaError: if it cannot be opened or is no video.
    """
    if spec.isdecimal():
        return LiveSource(spec, Webcam(int(spec)))
    if spec.lower().startswith(NETWORK_SCHEMES):
        return LiveSource(spec, NetworkStream(spec, num_threads=num_threads))
    if "://" in spec:
        return FileSource(spec, num_threads=num_threads)
    path = Path(spec)
    if path.is_dir():
        return ImageFolderSource(path, frame_rate_hz=frame_rate_hz)
    if not path.exists():
        raise InputError(f"{spec}: no such file, folder, webcam index or stream URL")
    return FileSource(spec, num_threads=num_threads)


def _source_frame(name: str, index: int, time_s: float, pixels: Array, full: Array | None) -> SourceFrame:
    """Return one frame as a `SourceFrame`."""
    batch = FrameBatch(
        video=name,
        frame_index=np.array([index], np.int64),
        time_s=np.array([time_s], np.float64),
        pixels=pixels[None],
    )
    return SourceFrame(batch=batch, full=full)


class FileSource:
    """A video file; its frames, indices and times are those that labelling it would use."""

    def __init__(self, uri: str, *, num_threads: int = 0) -> None:
        self._index = probe(uri)
        self._num_threads = num_threads
        self.name = Path(uri).name
        self.size_wh = self._index.size_wh
        self.frame_rate_hz = self._index.frame_rate_hz
        self.num_frames: int | None = self._index.num_frames

    def frames(self, *, size_wh: tuple[int, int], full: bool = False) -> Iterator[SourceFrame]:
        """Yield all frames; see `FrameSource`."""
        scale, scale_full = FrameScaler(size_wh), FrameScaler(self.size_wh)
        (segment,) = plan_segments(self._index, video=self.name, segment_s=float("inf"), warmup_frames=0)
        for decoded in read_frames(segment, num_threads=self._num_threads):
            pixels = scale(decoded.frame)
            whole = np.ascontiguousarray(scale_full(decoded.frame)) if full else None
            yield _source_frame(self.name, decoded.frame_index, decoded.time_s, pixels, whole)

    def close(self) -> None:
        """Nothing stays open between frames."""


class ImageFolderSource:
    """A folder of images in natural order of their names, or a MOTChallenge sequence with its `img1`."""

    def __init__(self, folder: Path, *, frame_rate_hz: float | None = None) -> None:
        if not images_in(folder) and (folder / "img1").is_dir():
            folder = folder / "img1"
        self._paths = images_in(folder)
        if not self._paths:
            raise InputError(f"{folder}: no images in this folder ({' '.join(IMAGE_SUFFIXES)})")
        if frame_rate_hz is None:
            frame_rate_hz = folder_rate_hz(folder)
        if not frame_rate_hz > 0:
            raise ValueError(f"frame_rate_hz must be positive, got {frame_rate_hz}")
        first = read_image(self._paths[0], 0)
        self.name = folder.parent.name if folder.name == "img1" else folder.name
        self.size_wh = (first.width, first.height)
        self.frame_rate_hz = frame_rate_hz
        self.num_frames: int | None = len(self._paths)

    def frames(self, *, size_wh: tuple[int, int], full: bool = False) -> Iterator[SourceFrame]:
        """Yield all images; see `FrameSource`."""
        scale, scale_full = FrameScaler(size_wh), FrameScaler(self.size_wh)
        for index, path in enumerate(self._paths):
            image = read_image(path, index)
            whole = scale_full(image) if full else None
            yield _source_frame(self.name, index, index / self.frame_rate_hz, scale(image), whole)

    def close(self) -> None:
        """Nothing stays open between frames."""


class LiveSource:
    """A webcam or network stream; a frame that comes while the consumer is busy replaces the one waiting."""

    def __init__(self, name: str, feed: LiveFeed) -> None:
        self._feed = feed
        self.name = name
        self.size_wh = feed.size_wh
        self.frame_rate_hz = feed.frame_rate_hz
        self.num_frames: int | None = None

    def frames(self, *, size_wh: tuple[int, int], full: bool = False) -> Iterator[SourceFrame]:
        """Yield the newest frame, again and again; see `FrameSource`."""
        scale, scale_full = FrameScaler(size_wh), FrameScaler(self.size_wh)
        for index, live in newest_frames(self._feed):
            whole = np.ascontiguousarray(scale_full(live.frame)) if full else None
            yield _source_frame(self.name, index, live.time_s, scale(live.frame), whole)

    def close(self) -> None:
        """Let go of the device or connection."""
        self._feed.close()


def folder_rate_hz(folder: Path) -> float:
    """Return the rate of a folder of images: that of a `seqinfo.ini` in it or beside it, or else 25."""
    infos = [path for path in (folder / "seqinfo.ini", folder.parent / "seqinfo.ini") if path.is_file()]
    return read_seqinfo(infos[0]).frame_rate_hz if infos else DEFAULT_FOLDER_RATE_HZ


def images_in(folder: Path) -> list[Path]:
    """Return the images in `folder`, "2.jpg" before "10.jpg"."""
    paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES]
    return sorted(
        paths, key=lambda path: [int(n) if n.isdecimal() else n for n in re.split(r"(\d+)", path.name)]
    )


def read_image(path: Path, index: int) -> av.VideoFrame:
    """Return an image as a frame, turned as its EXIF data says."""
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise VideoDecodeError(str(path), index, describe(error), True) from error
    pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if pixels is None:
        raise VideoDecodeError(str(path), index, "not an image that can be decoded")
    return av.VideoFrame.from_ndarray(pixels, format="bgr24")
