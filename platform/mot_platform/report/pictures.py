"""Evenly spaced moments of a video, as small pictures with the marks of prediction and truth."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.structures import Array, Tracks
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.report.marks import Mark, followers_of, predicted_marks, truth_marks
from mot_platform.video.index import probe
from mot_platform.video.picked_frames import read_picked
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.trails import TrailBuffer

MAX_WIDTH_PX = 480
_JPEG_QUALITY = 82


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One frame of a video."""

    frame_index: int
    time_s: float
    image: str
    """JPEG as a data URI."""
    predicted: tuple[Mark, ...]
    truth: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """Moments of one video, in order."""

    width_px: int
    """Size of the video."""
    height_px: int
    moments: tuple[Moment, ...]


def draw_strip(
    uri: str,
    tracks: Tracks,
    truth: SequenceTruth,
    *,
    action_names: Mapping[int, str],
    column_names: Sequence[str],
    num_moments: int = 4,
) -> Strip:
    """Return evenly spaced moments of the video at `uri`.

    Args:
        uri: Where to open the video.
        tracks: What was predicted.
        truth: What is true.
        action_names: By action id.
        column_names: By column of `tracks.action_score`.
        num_moments: How many, fewer only if the video has fewer frames.

    Raises:
        MediaError: if the video can't be read up to the last moment.
    """
    index = probe(uri)
    shrink = min(1.0, MAX_WIDTH_PX / index.width_px)
    scale = FrameScaler((round(index.width_px * shrink), max(1, round(index.height_px * shrink))))
    followers = followers_of(truth, tracks)
    trails = TrailBuffer()
    moments = []
    begin = 0
    for decoded in read_picked(uri, spaced(index.num_frames, num_moments)):
        frame_index = decoded.frame_index
        for seen in range(begin, frame_index + 1):
            trails.update(tracks[tracks.frame_index == seen])
        begin = frame_index + 1
        moments.append(
            Moment(
                frame_index=frame_index,
                time_s=decoded.time_s,
                image=jpeg_uri(scale(decoded.frame)),
                predicted=predicted_marks(
                    tracks[tracks.frame_index == frame_index],
                    size_wh=index.size_wh,
                    action_names=column_names,
                    trails=trails,
                ),
                truth=truth_marks(
                    truth, frame_index, size_wh=index.size_wh, action_names=action_names, followers=followers
                ),
            )
        )
    return Strip(width_px=index.width_px, height_px=index.height_px, moments=tuple(moments))


def spaced(num_frames: int, count: int) -> list[int]:
    """Return the middle frames of `count` equal parts of a video, each once.

    Examples:
        >>> spaced(100, 4), spaced(2, 4)
        ([12, 37, 62, 87], [0, 1])
    """
    return sorted({int((part + 0.5) * num_frames / count) for part in range(count)})


def jpeg_uri(pixels: Array) -> str:
    """Return an RGB picture as a data URI."""
    bgr = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()
