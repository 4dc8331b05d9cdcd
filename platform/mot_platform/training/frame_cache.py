"""Decoded frames of training clips, kept in memory as far as they fit.

Decoding costs more than everything else about a clip. What fits is decoded once and kept; what does not is
decoded from the keyframe before it each time. Nothing is ever thrown out, so a corpus larger than the memory
costs no more than without a cache.
"""

from __future__ import annotations

import numpy as np

from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.video.decoding import read_frames
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.segments import segment_of

MAX_KEPT_FRAMES = 1024
"""Longer videos are never decoded as a whole for the sake of a clip."""


class FrameCache:
    """Reads frames of videos at the size that the network sees.

    Args:
        input_wh: Size of the network's input.
        capacity_mib: Memory for decoded frames.
    """

    def __init__(self, *, input_wh: tuple[int, int], capacity_mib: float) -> None:
        self._input_wh = input_wh
        self._free_bytes = int(capacity_mib * 2**20)
        self._indexes: dict[str, VideoIndex] = {}
        self._kept: dict[str, Array] = {}

    def letterbox(self, uri: str) -> Letterbox:
        """Return how the video at `uri` lies in the network's input."""
        return Letterbox(self._index(uri).size_wh, self._input_wh)

    def read(self, uri: str, start: int, num_frames: int) -> Array:
        """Return uint8 `(T, H, W, 3)`, the frames from `start`; fewer at the end of the video.

        Raises:
            MediaError: if the video can't be read.
        """
        if uri not in self._kept and self._fits(uri):
            self._kept[uri] = self._decode(uri, 0, self._index(uri).num_frames)
            self._free_bytes -= self._kept[uri].nbytes
        if uri in self._kept:
            return self._kept[uri][start : start + num_frames]
        return self._decode(uri, start, start + num_frames)

    def _index(self, uri: str) -> VideoIndex:
        if uri not in self._indexes:
            self._indexes[uri] = probe(uri)
        return self._indexes[uri]

    def _fits(self, uri: str) -> bool:
        width, height = self.letterbox(uri).content_wh
        num_frames = self._index(uri).num_frames
        return num_frames <= MAX_KEPT_FRAMES and num_frames * width * height * 3 <= self._free_bytes

    def _decode(self, uri: str, start: int, stop: int) -> Array:
        """Return the frames `[start, stop)`, scaled; frames before them are decoded only."""
        index = self._index(uri)
        scale = FrameScaler(self.letterbox(uri).content_wh)
        located = read_frames(segment_of(index, start, min(stop, index.num_frames)))
        frames = [scale(one.frame) for one in located if one.frame_index >= start]
        return np.stack(frames[: stop - start])
