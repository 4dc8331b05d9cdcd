"""Some labelled frames of a source, spread over its videos and over time, with their pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.source import IMAGES_CODEC, BoxLabels, Source, SourceVideo
from mot_platform.errors import MediaError, VideoDecodeError
from mot_platform.video.decoding import DecodedFrame
from mot_platform.video.picked_frames import read_indexed
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.sources import images_in, read_image


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledPicture:
    """One frame of a video with its labels."""

    video: SourceVideo
    frame_index: int
    pixels: Array | None
    """uint8 `(H, W, 3)` RGB, None where there is no picture."""
    problem: str = ""
    """Why there is no picture."""

    @property
    def time_s(self) -> float:
        """Time of the frame in seconds."""
        return float(self.video.frame_times_s[self.frame_index])

    @property
    def boxes(self) -> BoxLabels:
        """The boxes of the frame."""
        return self.video.boxes[self.video.boxes.frame_index == self.frame_index]


def labelled_pictures(source: Source, count: int, *, max_wh: tuple[int, int]) -> list[LabelledPicture]:
    """Return up to `count` frames of `source` that have boxes, always the same ones.

    Videos that can't be shown are drawn from only if there is no other.

    Args:
        source: What to show.
        count: How many, fewer only if fewer frames have boxes.
        max_wh: Pictures are as large as fits into it.
    """
    boxed = [video for video in source.videos if len(video.boxes)]
    ready = [video for video in boxed if video.status == "ready"]
    pictures = []
    for video, frames in spread(ready or boxed, count):
        pictures += _pictures(video, frames, max_wh)
    return pictures


def spread(videos: Sequence[SourceVideo], count: int) -> Iterator[tuple[SourceVideo, list[int]]]:
    """Yield some of `videos` with frames of theirs that have boxes, `count` frames at most in all.

    They come from the beginning of some videos, from the middle of others and from the end of others.
    """
    wanted: dict[int, set[int]] = {}
    for place in range(count if videos else 0):
        share = (place + 0.5) / count
        number = place % len(videos) if len(videos) <= count else int(share * len(videos))
        frames = np.unique(videos[number].boxes.frame_index)
        wanted.setdefault(number, set()).add(int(frames[int(share * len(frames))]))
    for number in sorted(wanted):
        yield videos[number], sorted(wanted[number])


def fitted_wh(size_wh: tuple[int, int], max_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same shape that fits into `max_wh`.

    Examples:
        >>> fitted_wh((1920, 1080), (480, 480)), fitted_wh((10, 40), (480, 480))
        ((480, 270), (120, 480))
    """
    factor = min(most / side for most, side in zip(max_wh, size_wh, strict=True))
    width, height = (max(1, round(side * factor)) for side in size_wh)
    return width, height


def _pictures(video: SourceVideo, frames: Sequence[int], max_wh: tuple[int, int]) -> list[LabelledPicture]:
    """Return the pictures of one video; where one can't be read, it and those after it say why."""
    pixels: dict[int, Array] = {}
    problem = video.error or "no media"
    if video.facts is not None:
        scale = _Enlarger(video.facts.size_wh, fitted_wh(video.facts.size_wh, max_wh))
        try:
            pixels = {one.frame_index: scale(one) for one in _decoded(video, frames)}
        except MediaError as error:
            problem = str(error)
    return [
        LabelledPicture(
            video=video,
            frame_index=frame,
            pixels=pixels.get(frame),
            problem="" if frame in pixels else problem,
        )
        for frame in frames
    ]


def _decoded(video: SourceVideo, frames: Sequence[int]) -> Iterator[DecodedFrame]:
    """Yield the wanted frames of a video that is ready."""
    assert video.facts is not None  # noqa: S101  the caller has checked
    if video.facts.codec != IMAGES_CODEC:
        yield from read_indexed(video.facts, frames)
        return
    try:
        paths = images_in(Path(video.uri))
    except OSError as error:
        raise VideoDecodeError(video.uri, frames[0], str(error)) from error
    for frame in frames:
        if frame >= len(paths):
            raise VideoDecodeError(video.uri, frame, f"the folder has {len(paths)} images")
        yield DecodedFrame(frame, float(video.frame_times_s[frame]), read_image(paths[frame], frame))


class _Enlarger:
    """Scales frames: the decoder shrinks well, OpenCV enlarges well."""

    def __init__(self, from_wh: tuple[int, int], to_wh: tuple[int, int]) -> None:
        self._scale = FrameScaler(min(from_wh, to_wh))
        self._to_wh = to_wh

    def __call__(self, decoded: DecodedFrame) -> Array:
        """Return the pixels of a frame at the wanted size."""
        pixels = np.ascontiguousarray(self._scale(decoded.frame))
        enlarged: Array = cv2.resize(pixels, self._to_wh, interpolation=cv2.INTER_CUBIC)
        return enlarged
