"""Decoding a segment to frames at the size asked for, each with its absolute index and presentation time.

Seeking is only an optimisation: a segment starts at a keyframe that the index found clean, and if anything
then is not as expected (the seek lands elsewhere, a packet gives no frame, an error), the segment is decoded
again from the start of the file. What is yielded is what decoding the whole file yields.

In a seekable video the decoder is reset at every clean keyframe, also when the whole file is decoded. A
sound stream decodes the same with or without that. A damaged one decodes the same in pieces and as a whole
only with it, because decoders hide lost pictures with whatever they happen to remember.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import av
import numpy as np

from mot_model.structures import Array, FrameBatch, VideoSegment
from mot_platform.errors import MediaError, VideoDecodeError
from mot_platform.video.index import DEFAULT_FRAME_RATE_HZ
from mot_platform.video.opening import describe, open_video
from mot_platform.video.random_access import is_disposable, is_fresh_start, is_hidden
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.timeline import CountedTimeline, KeyedTimeline, Timeline

# How far before the wanted keyframe to aim, in turn, where a demuxer's seek overshoots.
_SEEK_BACK_S = (0, 2, 20)


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One frame as the decoder gives it."""

    frame_index: int
    """0-based in presentation order of the whole video."""
    time_s: float
    """Presentation time in seconds, as the container has it; the first frame need not be at 0."""
    frame: av.VideoFrame


class _SeekMismatchError(Exception):
    """The part decoded after a seek is not certain to be what the whole would give."""


def decode_segment(
    segment: VideoSegment, *, size_wh: tuple[int, int], batch_frames: int = 8, num_threads: int = 1
) -> Iterator[FrameBatch]:
    """Yield the frames of `segment`, its warm-up frames included, in presentation order.

    A video that is one segment yields every frame it has, even if that is more than its index promised, so
    `frame_index >= segment.start_frame` tells the frames that count.

    Args:
        segment: what to decode.
        size_wh: displayed size to scale to, after rotation.
        batch_frames: frames per batch, the last may have fewer.
        num_threads: decoder threads; 0 takes one per core. Sound video decodes to the same pixels for any
            number; how decoders patch over damaged pictures may depend on it.

    Raises:
        ValueError: if `batch_frames` or a size is not positive.
        MediaOpenError: if the file cannot be read.
        NotAVideoError: if it holds no video.
        VideoDecodeError: where decoding stops early, after all frames before that point were yielded.
    """
    if batch_frames < 1:
        raise ValueError(f"batch_frames must be at least 1, got {batch_frames}")
    scale = FrameScaler(size_wh)
    indices: list[int] = []
    times: list[float] = []
    pixels: list[Array] = []
    failure: MediaError | None = None
    frames = read_frames(segment, num_threads=num_threads)
    while failure is None:
        try:
            decoded = next(frames, None)
        except MediaError as error:
            decoded, failure = None, error
        if decoded is not None:
            indices.append(decoded.frame_index)
            times.append(decoded.time_s)
            pixels.append(scale(decoded.frame))
        if len(pixels) == batch_frames or (decoded is None and pixels):
            yield FrameBatch(
                video=segment.video,
                frame_index=np.array(indices, np.int64),
                time_s=np.array(times, np.float64),
                pixels=np.stack(pixels),
            )
            indices, times, pixels = [], [], []
        if decoded is None:
            break
    if failure is not None:
        raise failure


def read_frames(
    segment: VideoSegment, *, num_threads: int = 1, is_needed: Callable[[int], bool] | None = None
) -> Generator[DecodedFrame]:
    """Yield the decoded frames of `segment` unscaled; see `decode_segment`.

    Args:
        segment: What to decode.
        num_threads: See `decode_segment`.
        is_needed: Asked by timestamp whether a frame counts, just before it is decoded. Of those that do not,
            the ones that no other frame refers to may be left out. How decoders patch over damaged pictures
            may depend on that.
    """
    first_index = segment.start_frame - segment.warmup_frames
    if segment.start_pts is None:
        yield from _decode_counted(segment, num_threads)
        return
    next_index = first_index
    if first_index > 0 or is_needed is not None:
        try:
            for decoded in _decode_from_keyframe(segment, num_threads, is_needed):
                yield decoded
                next_index = decoded.frame_index + 1
            return
        except (_SeekMismatchError, VideoDecodeError):
            pass  # the whole file tells what is true, below
    timeline = KeyedTimeline(0, None)
    with open_video(segment.uri, num_threads=num_threads) as (container, stream):
        for decoded in _decode(segment, stream, container.demux(stream), timeline):
            if decoded.frame_index >= next_index:
                yield decoded


def _decode_counted(segment: VideoSegment, num_threads: int) -> Iterator[DecodedFrame]:
    """Yield every frame of a video that cannot be sought in."""
    with open_video(segment.uri, num_threads=num_threads) as (container, stream):
        rate_hz = float(stream.average_rate or stream.guessed_rate or DEFAULT_FRAME_RATE_HZ)
        timeline = CountedTimeline(
            period_s=1 / rate_hz,
            time_base=stream.time_base,
            in_decode_order=container.format.name == "avi",
        )
        yield from _decode(segment, stream, container.demux(stream), timeline)


def _decode_from_keyframe(
    segment: VideoSegment, num_threads: int, is_needed: Callable[[int], bool] | None
) -> Iterator[DecodedFrame]:
    """Yield the frames of `segment` after a seek.

    Raises:
        _SeekMismatchError: as soon as something is not as the index promised.
    """
    first = segment.start_frame - segment.warmup_frames
    timeline = KeyedTimeline(first, segment.start_pts)
    with open_video(segment.uri, num_threads=num_threads) as (container, stream):
        packets = _packets_from(segment, container, stream)
        for decoded in _decode(segment, stream, packets, timeline, is_needed):
            if timeline.num_lost:
                raise _SeekMismatchError
            yield decoded
    ended_by_a_later_frame = segment.stop_pts is not None
    if timeline.num_lost or timeline.next_index != segment.stop_frame + ended_by_a_later_frame:
        raise _SeekMismatchError


def _packets_from(
    segment: VideoSegment, container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[av.Packet]:
    """Yield the packets from the keyframe at `segment.start_pts` on."""
    assert segment.start_pts is not None  # noqa: S101  the caller has checked
    for back_s in _SEEK_BACK_S:
        container.seek(segment.start_pts - int(back_s / segment.time_base), stream=stream)
        packets = container.demux(stream)
        for packet in packets:
            if packet.pts == segment.start_pts and packet.is_keyframe:
                yield packet
                yield from packets
                return
            if packet.pts is not None and packet.pts > segment.start_pts:
                break  # all packets before the keyframe are shown before it, so the seek went too far
    raise _SeekMismatchError


def _decode(
    segment: VideoSegment,
    stream: av.VideoStream,
    packets: Iterator[av.Packet],
    timeline: Timeline,
    is_needed: Callable[[int], bool] | None = None,
) -> Iterator[DecodedFrame]:
    """Yield the frames of `packets` up to the end of the segment."""
    keyed = segment.start_pts is not None
    next_index = segment.start_frame - segment.warmup_frames if keyed else 0
    try:
        for frame in _frames(stream, packets, timeline, is_needed, reset=keyed):
            place = timeline.place(frame.pts)
            if place is None:
                continue
            index, pts = place
            if segment.stop_pts is not None and pts >= segment.stop_pts:
                return
            next_index = index + 1
            yield DecodedFrame(index, float(pts * segment.time_base), frame)
    except (av.FFmpegError, OSError, ValueError) as error:
        retriable = isinstance(error, OSError)
        raise VideoDecodeError(segment.uri, next_index, describe(error), retriable) from error


def _frames(
    stream: av.VideoStream,
    packets: Iterator[av.Packet],
    timeline: Timeline,
    is_needed: Callable[[int], bool] | None,
    *,
    reset: bool,
) -> Iterator[av.VideoFrame]:
    """Yield what the decoder makes of `packets`, telling `timeline` of each."""
    context = stream.codec_context
    codec = context.codec.canonical_name
    for number, packet in enumerate(packets):
        if reset and number > 0 and is_fresh_start(packet, codec):
            yield from context.decode(None)
            context.flush_buffers()
        if packet.size > 0 and not packet.is_discard and not is_hidden(packet, codec):
            if is_needed and not is_needed(packet.pts) and is_disposable(packet, codec):
                timeline.left_out(packet.pts)
                continue
            timeline.sent(packet.pts)
        yield from packet.decode()
