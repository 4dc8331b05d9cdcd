"""A short annotated clip of a video, small enough to lie inside a page."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from mot_model.structures import Array, Tracks
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.overlay import draw_tracks
from mot_platform.video.segments import plan_segments
from mot_platform.video.trails import TrailBuffer
from mot_platform.video.writer import VideoWriter

CLIP_WIDTH_PX = 960
"""Longer side of the clip: labels are drawn at this size, so that they are legible on small videos."""
MAX_SECONDS = 8.0
MAX_BYTES = 1_500_000

_QUALITIES = (25, 30, 36, 42)  # x264 rate factors to try in turn until the clip is small enough


def draw_clip(
    uri: str, tracks: Tracks, *, class_names: Sequence[str], action_names: Sequence[str]
) -> str | None:
    """Return the beginning of the video at `uri`, with its tracks drawn, as the data URI of an H.264 mp4.

    None if even the lowest quality is above `MAX_BYTES`.

    Args:
        uri: Where to open the video.
        tracks: What was predicted.
        class_names: By class id.
        action_names: By column of `tracks.action_score`.

    Raises:
        MediaError: if the video can't be read.
    """
    index = probe(uri)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        for quality in _QUALITIES:
            with VideoWriter(path, _clip_wh(index), index.frame_rate_hz, quality=quality) as writer:
                for time_s, pixels in _drawn(index, tracks, class_names, action_names):
                    writer.write(pixels, time_s)
            if path.is_file() and path.stat().st_size <= MAX_BYTES:
                return "data:video/mp4;base64," + base64.b64encode(path.read_bytes()).decode()
    return None


def _clip_wh(index: VideoIndex) -> tuple[int, int]:
    """Return the size of the clip: as wide as wanted, but a portrait video no higher than that."""
    factor = CLIP_WIDTH_PX / max(index.width_px, index.height_px)
    return max(1, round(index.width_px * factor)), max(1, round(index.height_px * factor))


def _drawn(
    index: VideoIndex, tracks: Tracks, class_names: Sequence[str], action_names: Sequence[str]
) -> Iterator[tuple[float, Array]]:
    """Yield time and picture of each frame of the clip."""
    size_wh = _clip_wh(index)
    factor = np.array((*size_wh, *size_wh)) / (*index.size_wh, *index.size_wh)
    larger = replace(tracks, xyxy=(tracks.xyxy * factor).astype(np.float32))
    trails = TrailBuffer()
    (segment,) = plan_segments(index, video=index.uri, segment_s=float("inf"), warmup_frames=0)
    begin_s: float | None = None
    decoded_wh = min(size_wh, index.size_wh)  # the decoder shrinks well, cv2 enlarges well
    for batch in decode_segment(segment, size_wh=decoded_wh, batch_frames=1):
        time_s = float(batch.time_s[0])
        begin_s = time_s if begin_s is None else begin_s
        if time_s - begin_s >= MAX_SECONDS:
            return
        here = larger[larger.frame_index == batch.frame_index[0]]
        trails.update(here)
        enlarged = cv2.resize(batch.pixels[0], size_wh, interpolation=cv2.INTER_CUBIC)
        yield (
            time_s,
            draw_tracks(enlarged, here, class_names=class_names, action_names=action_names, trails=trails),
        )
