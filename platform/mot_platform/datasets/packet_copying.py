"""A span of a video copied packet by packet into Matroska: same bits when decoded, same times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from mot_model.structures import Array
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.opening import describe, media_error, open_video
from mot_platform.video.random_access import is_hidden

_TICK_S = 0.001
"""What Matroska rounds times to."""


def copy_span(index: VideoIndex, target: Path, *, start_s: float, stop_s: float, comment: str) -> str:
    """Write the span of a seekable video to `target`, and return "" or why the result is no good.

    The copy begins at the last clean keyframe at or before `start_s`. It ends where, at `stop_s` or later,
    the packets copied are all of their frames in presentation order, so that nothing is missing in between.

    Raises:
        MediaError: if the video can't be read.
        OSError: if `target` can't be written.
    """
    span = _Span.of(index, start_s, stop_s)
    try:
        _write(span, index, target, comment)
        return _difference(index, span, probe(str(target)))
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        return f"Matroska can't hold its packets: {describe(error)}"


def _write(span: _Span, index: VideoIndex, target: Path, comment: str) -> None:
    """Copy the packets of the span."""
    with (
        open_video(index.uri) as (container, stream),
        av.open(f"file:{target}", "w", format="matroska") as output,
    ):
        output.metadata["comment"] = comment
        # Opaque, or the name of a decoder (libdav1d) would have to name an encoder too.
        copy = output.add_stream_from_template(stream, opaque=True)
        for packet in _packets_of(span, index, container, stream):
            packet.stream = copy
            output.mux(packet)


@dataclass(slots=True)
class _Span:
    """The frames from a keyframe on, and how many of them were copied."""

    pts: Array
    """int64, of the video from the keyframe on, ascending."""
    num_wanted: int
    """Frames up to the end of the span."""
    num_copied: int = 0
    last_copied: int = -1
    """Position of the latest frame among those copied."""

    @classmethod
    def of(cls, index: VideoIndex, start_s: float, stop_s: float) -> _Span:
        """Return the span of a seekable video."""
        time_s = index.pts * float(index.time_base)
        entries = np.searchsorted(index.pts, index.keyframe_pts)
        before = entries[time_s[entries] <= start_s]
        first = int(before[-1]) if len(before) else 0
        num_wanted = int(np.searchsorted(time_s, stop_s)) - first
        return cls(pts=index.pts[first:], num_wanted=max(1, num_wanted))

    def copied(self, pts: int) -> None:
        """Note a frame."""
        self.num_copied += 1
        self.last_copied = max(self.last_copied, int(np.searchsorted(self.pts, pts)))

    @property
    def is_complete(self) -> bool:
        """Whether all frames of the span are copied, and no frame before the latest one is missing."""
        return self.num_copied >= self.num_wanted and self.num_copied == self.last_copied + 1


def _packets_of(
    span: _Span, index: VideoIndex, container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[av.Packet]:
    """Yield the packets of a span in decoding order.

    The file is read from its start: a seek may miss the keyframe, and reading is cheap beside decoding.
    """
    begun = False
    try:
        for packet in container.demux(stream):
            begun = begun or (packet.pts == span.pts[0] and packet.is_keyframe)
            # Pictures shown before the keyframe lean on what is not copied, and nothing leans on them.
            if not begun or packet.size == 0 or packet.pts < span.pts[0]:
                continue
            if not packet.is_discard and not is_hidden(packet, index.codec):
                span.copied(packet.pts)
            yield packet
            if span.is_complete:
                return
    except av.FFmpegError as error:
        raise media_error(index.uri, error, stage="decode") from error


def _difference(index: VideoIndex, span: _Span, copy: VideoIndex) -> str:
    """Return what the copy does not keep of the video, "" if it is as it should be."""
    wanted_s = span.pts[: span.num_copied] * float(index.time_base)
    copied_s = copy.pts * float(copy.time_base)
    if len(copied_s) != len(wanted_s) or np.abs(copied_s - wanted_s).max() > _TICK_S:
        return "a copy of its packets has other times"
    if (copy.size_wh, copy.rotation) != (index.size_wh, index.rotation):
        return "a copy of its packets has another size or rotation"
    return "" if copy.seekable else f"a copy of its packets {copy.not_seekable_reason}"
