"""Decoded frames of training clips, kept in memory as far as they fit.

Decoding costs more than everything else about a clip. What fits is decoded once and kept, stretch by stretch
from keyframe to keyframe; what does not is decoded from the keyframe before it each time, or onwards from
the clip before. Nothing is ever thrown out, so a corpus larger than the memory costs no more than without.
"""

# n frames, H W pixels

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np

from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.datasets.source import IMAGES_CODEC
from mot_platform.heap import return_free_memory
from mot_platform.video.frame_reader import FrameReader, ImageFolderReader, VideoReader, keyframes_of
from mot_platform.video.index import VideoIndex

MAX_STRETCH_FRAMES = 1024
"""Longer stretches without a keyframe are never decoded as a whole for the sake of a clip."""
MAX_OPEN_VIDEOS = 4
"""Videos that stay open, each with its decoder: tens of MB at 1080p."""

READINGS_PER_RETURN = 256
"""Readings between two times that free memory goes back to the system, which takes milliseconds."""


class FrameCache:
    """Reads frames of videos at the size that the network sees.

    Args:
        input_wh: Size of the network's input.
        capacity_mib: Memory for decoded frames.
    """

    def __init__(self, *, input_wh: tuple[int, int], capacity_mib: float) -> None:
        self.input_wh = input_wh
        self._free_bytes = int(capacity_mib * 2**20)
        self._kept: dict[tuple[str, int], Array] = {}
        self._readers: OrderedDict[str, FrameReader] = OrderedDict()
        self._num_decoded_before = 0
        self._num_readings = 0

    @property
    def num_decoded(self) -> int:
        """Frames that were decoded so far, for whatever reason."""
        return self._num_decoded_before + sum(reader.num_decoded for reader in self._readers.values())

    def read(self, facts: VideoIndex, frames: Array) -> Array:
        """Return uint8 `(n, H, W, 3)`, the frames scaled to fit the input; those beyond the end are absent.

        Args:
            facts: The video, or a folder of images if its codec is `IMAGES_CODEC`.
            frames: int64 `(n,)`, in any order.

        Raises:
            MediaError: if a frame can't be read.
        """
        self._num_readings += 1
        if self._num_readings % READINGS_PER_RETURN == 0:
            return_free_memory()
        frames = frames[frames < facts.num_frames]
        width, height = self._content_wh(facts)
        pixels = np.empty((len(frames), height, width, 3), np.uint8)
        starts = np.arange(facts.num_frames) if facts.codec == IMAGES_CODEC else keyframes_of(facts)
        stretch = np.searchsorted(starts, frames, side="right") - 1
        for number in np.unique(stretch).tolist():
            first = int(starts[number])
            stop = int(starts[number + 1]) if number + 1 < len(starts) else facts.num_frames
            chosen = stretch == number
            pixels[chosen] = self._read_stretch(facts, range(first, stop), frames[chosen])
        return pixels

    def close(self) -> None:
        """Close the files; reading opens them again."""
        for reader in self._readers.values():
            reader.close()

    def _read_stretch(self, facts: VideoIndex, stretch: range, frames: Array) -> Array:
        """Return frames that are all in `stretch`, in the order given."""
        key = facts.uri, stretch.start
        if key not in self._kept and self._fits(facts, stretch):
            found = self._reader(facts).read(stretch)
            self._kept[key] = np.stack([found[frame] for frame in stretch])
            self._free_bytes -= self._kept[key].nbytes
        if key in self._kept:
            kept: Array = self._kept[key][frames - stretch.start]
            return kept
        found = self._reader(facts).read(np.unique(frames).tolist())
        return np.stack([found[frame] for frame in frames.tolist()])

    def _fits(self, facts: VideoIndex, stretch: range) -> bool:
        width, height = self._content_wh(facts)
        return len(stretch) <= MAX_STRETCH_FRAMES and len(stretch) * width * height * 3 <= self._free_bytes

    def _content_wh(self, facts: VideoIndex) -> tuple[int, int]:
        return Letterbox(facts.size_wh, self.input_wh).content_wh

    def _reader(self, facts: VideoIndex) -> FrameReader:
        """Return the reader of a video, open as it was left if it is one of those used last."""
        if facts.uri not in self._readers:
            is_folder = facts.codec == IMAGES_CODEC
            size_wh = self._content_wh(facts)
            self._readers[facts.uri] = (
                ImageFolderReader(Path(facts.uri), size_wh=size_wh)
                if is_folder
                else VideoReader(facts, size_wh=size_wh)
            )
            if len(self._readers) > MAX_OPEN_VIDEOS:
                _, closed = self._readers.popitem(last=False)
                closed.close()
                self._num_decoded_before += closed.num_decoded
        self._readers.move_to_end(facts.uri)
        return self._readers[facts.uri]
