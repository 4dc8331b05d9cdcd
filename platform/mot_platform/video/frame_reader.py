"""Frames of one video in any order, at one size, with as little decoding as that takes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import VideoDecodeError
from mot_platform.video.decoding import DecodedFrame, read_frames
from mot_platform.video.index import VideoIndex
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.segments import segment_of
from mot_platform.video.sources import images_in, read_image

MAX_LATEST_FRAMES = 64
"""Frames of the last reading that are kept at most."""


class FrameReader(Protocol):
    """Reads frames of one video."""

    num_decoded: int
    """Frames that were decoded so far, for whatever reason."""

    def read(self, wanted: Sequence[int]) -> dict[int, Array]:
        """Return uint8 `(H, W, 3)` RGB of each frame of `wanted`, which ascends.

        Raises:
            MediaError: if a frame can't be read.
        """

    def close(self) -> None:
        """Let go of the file; reading opens it again."""


class VideoReader:
    """Reads a video file, which stays open where reading has stopped.

    Frames ahead are reached from there, or from the keyframe before them where that is nearer. What lies
    between is decoded only as far as later frames need it, and never scaled. The frames read last are kept,
    for clips that overlap.

    Args:
        index: The video.
        size_wh: Displayed size to scale to.
    """

    def __init__(self, index: VideoIndex, *, size_wh: tuple[int, int]) -> None:
        self._index = index
        self._scale = FrameScaler(size_wh)
        self._keyframes = keyframes_of(index)
        self._decoded: Generator[DecodedFrame] | None = None
        self._next = 0
        self._needed_pts: set[int] = set()
        self._last_pts = 0
        self._latest: dict[int, Array] = {}
        self.num_decoded = 0

    def read(self, wanted: Sequence[int]) -> dict[int, Array]:
        """Return the frames; see `FrameReader`."""
        found = {frame: self._latest[frame] for frame in wanted if frame in self._latest}
        missing = [frame for frame in wanted if frame not in found]
        for _, group in groupby(missing, key=self._keyframe_before):
            found |= self._decode(list(group))
        self._latest = found if len(found) <= MAX_LATEST_FRAMES else {}
        return found

    def close(self) -> None:
        """Let go of the file; see `FrameReader`."""
        if self._decoded is not None:
            self._decoded.close()
        self._decoded = None

    def _keyframe_before(self, frame: int) -> int:
        return int(self._keyframes[np.searchsorted(self._keyframes, frame, side="right") - 1])

    def _decode(self, frames: Sequence[int]) -> dict[int, Array]:
        """Return frames that ascend and have the same keyframe before them."""
        pts = self._index.pts[list(frames)].tolist()
        self._needed_pts, self._last_pts = set(pts), pts[-1]
        if self._decoded is None or not self._keyframe_before(frames[0]) <= self._next <= frames[0]:
            self.close()
            segment = segment_of(self._index, frames[0], self._index.num_frames)
            self._decoded = read_frames(segment, is_needed=self._is_needed)
        left, found = set(frames), {}
        try:
            for decoded in self._decoded:
                self._next = decoded.frame_index + 1
                self.num_decoded += 1
                if decoded.frame_index in left:
                    found[decoded.frame_index] = self._scale(decoded.frame)
                if decoded.frame_index >= frames[-1]:
                    break
        except BaseException:
            self.close()
            raise
        lost = left - found.keys()
        if lost:
            self.close()
            raise VideoDecodeError(self._index.uri, min(lost), "the decoder gives no picture of it")
        return found

    def _is_needed(self, pts: int) -> bool:
        """Return whether a frame is wanted, or may be by whoever reads on."""
        return pts in self._needed_pts or pts > self._last_pts


class ImageFolderReader:
    """Reads a folder of images; frame i is the i-th of `images_in`.

    Args:
        folder: Holds the images.
        size_wh: Displayed size to scale to.
    """

    def __init__(self, folder: Path, *, size_wh: tuple[int, int]) -> None:
        self._folder = folder
        self._paths = images_in(folder)
        self.num_decoded = 0
        self._scale = FrameScaler(size_wh)

    def read(self, wanted: Sequence[int]) -> dict[int, Array]:
        """Return the frames; see `FrameReader`."""
        lost = [frame for frame in wanted if frame >= len(self._paths)]
        if lost:
            raise VideoDecodeError(str(self._folder), lost[0], "there is no image of it")
        self.num_decoded += len(wanted)
        return {frame: self._scale(read_image(self._paths[frame], frame)) for frame in wanted}

    def close(self) -> None:
        """Nothing stays open between frames."""


def keyframes_of(index: VideoIndex) -> Array:
    """Return the frames at which decoding can start, int64, the first one at least."""
    if not index.seekable:
        return np.zeros(1, np.int64)
    return np.searchsorted(index.pts, index.keyframe_pts)
