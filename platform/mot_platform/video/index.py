"""What is in a video file, found by demuxing it and decoding one frame: size, timestamps, entry points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from mot_model.structures import Array
from mot_platform.errors import NotAVideoError, VideoDecodeError
from mot_platform.video.opening import describe, media_error, open_video
from mot_platform.video.random_access import allows_leading_pictures, is_entry_point, is_hidden
from mot_platform.video.scaling import Orientation

DEFAULT_FRAME_RATE_HZ = 25.0
"""Assumed where a file states no frame rate and has a single frame."""

# Containers that store presentation timestamps and can seek. AVI, for one, stores neither B-frame order.
_SEEKABLE_FORMATS = ("mov,mp4", "matroska,webm", "mpegts")


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoIndex:
    """Facts of one video file."""

    uri: str
    codec: str
    """Name of the codec as FFmpeg has it: "h264", "hevc", "vp9"."""
    width_px: int
    """Displayed width: pixel aspect and rotation applied."""
    height_px: int
    rotation: int
    """Clockwise degrees by which coded frames are turned for display: 0, 90, 180 or 270."""
    time_base: Fraction
    """Seconds per unit of pts."""
    num_frames: int
    """Frames that the packets promise; a damaged file may decode to fewer."""
    pts: Array
    """int64 `(T,)`, presentation timestamps, ascending."""
    keyframe_pts: Array
    """int64 `(K,)`, those from which decoding gives exactly what decoding from the start gives, ascending."""
    duration_s: float
    """From the first frame shown to the end of the last."""
    frame_rate_hz: float
    """Mean frame rate by the timestamps."""
    seekable: bool
    """Whether parts can be decoded on their own. If not, the video is one segment."""
    not_seekable_reason: str
    """Why not, in a few words; empty if seekable."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Displayed size in pixels."""
        return self.width_px, self.height_px


def probe(uri: str) -> VideoIndex:
    """Return the index of the video at a path or fsspec URL.

    Reads the file once without decoding it, apart from its first frame.

    Raises:
        MediaOpenError: if it cannot be read (retriable).
        NotAVideoError: if it holds no video.
        VideoDecodeError: if not even its first frame decodes.
    """
    with open_video(uri) as (container, stream):
        codec = stream.codec_context.codec.canonical_name
        first_frame, packets = _scan(uri, container, stream, codec)
        orientation = Orientation.of(first_frame)
        aspect = stream.sample_aspect_ratio or 1
        width, height = orientation.coded_wh((max(1, round(first_frame.width * aspect)), first_frame.height))
        period_s = 1 / float(stream.average_rate or stream.guessed_rate or DEFAULT_FRAME_RATE_HZ)
        pts = _timestamps(packets.pts, period_s / float(stream.time_base))
        entries, reason = _entry_points(packets, codec, container.format.name)
        span_s = float((pts[-1] - pts[0]) * stream.time_base)
        if len(pts) > 1 and span_s > 0:
            period_s = span_s / (len(pts) - 1)
        return VideoIndex(
            uri=uri,
            codec=codec,
            width_px=width,
            height_px=height,
            rotation=orientation.rotation,
            time_base=stream.time_base,
            num_frames=len(pts),
            pts=pts,
            keyframe_pts=entries,
            duration_s=span_s + period_s,
            frame_rate_hz=1 / period_s,
            seekable=not reason,
            not_seekable_reason=reason,
        )


@dataclass(slots=True)
class _Packets:
    """Of every packet that holds a frame to show, in decoding order."""

    pts: list[int | None]
    is_entry: list[bool]


def _scan(
    uri: str, container: av.container.InputContainer, stream: av.VideoStream, codec: str
) -> tuple[av.VideoFrame, _Packets]:
    """Return the first frame that decodes, and the facts of all packets."""
    packets = _Packets([], [])
    frame: av.VideoFrame | None = None
    try:
        for packet in container.demux(stream):
            if frame is None:
                frame = _first_frame(uri, packet)
            # The last packet is empty: it only drains the decoder. Edit lists mark frames to be discarded.
            if packet.size > 0 and not packet.is_discard and not is_hidden(packet, codec):
                packets.pts.append(packet.pts)
                packets.is_entry.append(is_entry_point(packet, codec))
    except (av.FFmpegError, OSError) as error:
        raise media_error(uri, error, stage="probe") from error
    if not packets.pts:
        raise NotAVideoError(uri, "the video stream holds no frames", "probe")
    if frame is None:
        raise VideoDecodeError(uri, 0, "no frame of the video decodes")
    return frame, packets


def _first_frame(uri: str, packet: av.Packet) -> av.VideoFrame | None:
    """Return the frame that `packet` completes, if it does."""
    try:
        return next(iter(packet.decode()), None)
    except av.FFmpegError as error:
        raise VideoDecodeError(uri, 0, describe(error), isinstance(error, OSError)) from error


def _timestamps(pts: list[int | None], period: float) -> Array:
    """Return the timestamps in presentation order, or evenly spaced ones where some are missing."""
    if None in pts:
        return np.round(np.arange(len(pts)) * period).astype(np.int64)
    return np.sort(np.array(pts, np.int64))


def _entry_points(packets: _Packets, codec: str, container_format: str) -> tuple[Array, str]:
    """Return the timestamps at which decoding can start, and why there are none ("" if there are)."""
    none = np.zeros(0, np.int64)
    if not container_format.startswith(_SEEKABLE_FORMATS):
        return none, f"container {container_format} has no presentation timestamps to seek by"
    if None in packets.pts:
        return none, "packets without timestamps"
    pts = np.array(packets.pts, np.int64)
    if len(np.unique(pts)) != len(pts):
        return none, "timestamps that occur twice"
    if not packets.is_entry[0] or pts[0] != pts.min():
        return none, f"does not begin with a clean {codec} keyframe"
    shown_before = np.maximum.accumulate(np.concatenate([[pts[0] - 1], pts[:-1]]))
    is_entry = np.array(packets.is_entry) & (shown_before < pts)
    if not allows_leading_pictures(codec):
        is_entry &= np.minimum.accumulate(pts[::-1])[::-1] == pts
    return pts[is_entry], ""
