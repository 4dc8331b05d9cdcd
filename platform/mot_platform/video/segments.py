"""Cutting a video into segments that can be labelled apart, a pure function of the file and the settings."""

from __future__ import annotations

import numpy as np

from mot_model.structures import VideoSegment
from mot_platform.video.index import VideoIndex


def plan_segments(
    index: VideoIndex, *, video: str, segment_s: float, warmup_frames: int
) -> list[VideoSegment]:
    """Return segments that cover the frames of `index` once, in order.

    A seam lies `warmup_frames` after a keyframe, so that a segment decodes its warm-up and nothing else in
    vain. Each segment lasts at least `segment_s`; a rest of less than half of that joins the one before.

    Args:
        index: the probed video; if it is not seekable, it stays in one piece.
        video: name of the video, carried into the segments.
        segment_s: wanted length in seconds, positive.
        warmup_frames: frames before a segment that fill the temporal state, at least 0.

    Raises:
        ValueError: if `segment_s` is not positive or `warmup_frames` is negative.
    """
    if not segment_s > 0 or warmup_frames < 0:
        raise ValueError(
            f"segment_s {segment_s} must be positive and warmup_frames {warmup_frames} not negative"
        )
    seams = _seams(index, segment_s, warmup_frames) if index.seekable else []
    starts, stops = [0, *seams], [*seams, index.num_frames]
    segments = []
    for start, stop in zip(starts, stops, strict=True):
        warmup = min(warmup_frames, start)
        segments.append(
            VideoSegment(
                video=video,
                uri=index.uri,
                start_frame=start,
                stop_frame=stop,
                warmup_frames=warmup,
                start_pts=int(index.pts[start - warmup]) if index.seekable else None,
                stop_pts=int(index.pts[stop]) if stop < index.num_frames else None,
                time_base=index.time_base,
            )
        )
    return segments


def segment_of(index: VideoIndex, start: int, stop: int) -> VideoSegment:
    """Return the frames `[start, stop)` as a segment that begins to decode at the keyframe before them."""
    keyframes = np.searchsorted(index.pts, index.keyframe_pts)
    before = keyframes[keyframes <= start]
    first = int(before[-1]) if index.seekable and len(before) else 0
    return VideoSegment(
        video=index.uri,
        uri=index.uri,
        start_frame=start,
        stop_frame=stop,
        warmup_frames=start - first,
        start_pts=int(index.pts[first]) if index.seekable else None,
        stop_pts=int(index.pts[stop]) if stop < index.num_frames and index.seekable else None,
        time_base=index.time_base,
    )


def _seams(index: VideoIndex, segment_s: float, warmup_frames: int) -> list[int]:
    """Return the first frame of every segment but the first, ascending."""
    time_s = (index.pts - index.pts[0]) * float(index.time_base)
    seams: list[int] = []
    begun_s = 0.0
    for seam in np.searchsorted(index.pts, index.keyframe_pts) + warmup_frames:
        if not warmup_frames < seam < index.num_frames or time_s[seam] - begun_s < segment_s:
            continue
        if index.duration_s - time_s[seam] < segment_s / 2:
            break
        seams.append(int(seam))
        begun_s = float(time_s[seam])
    return seams
