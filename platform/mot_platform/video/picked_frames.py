"""Some frames of a sequence, read from its images or its video without decoding all the others."""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import numpy as np

from mot_platform.errors import VideoDecodeError
from mot_platform.video.decoding import DecodedFrame, read_frames
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.opening import VIDEO_EXTENSIONS
from mot_platform.video.segments import segment_of
from mot_platform.video.sources import DEFAULT_FOLDER_RATE_HZ, folder_rate_hz, images_in, read_image


def frames_beside(folder: Path) -> str | None:
    """Return where the pictures of a MOTChallenge sequence are, None if nowhere.

    Args:
        folder: The sequence. Its images are in the folder `imDir` of `seqinfo.ini`, `img1` if that says
            nothing; a video in it bears its name, such as `SEQUENCE/SEQUENCE.mp4`.
    """
    folder = folder.resolve()
    images = folder / _image_folder_name(folder / "seqinfo.ini")
    if images.is_dir() and images_in(images):
        return str(images)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    videos = [file for file in files if file.stem == folder.name and file.suffix.lower() in VIDEO_EXTENSIONS]
    return str(videos[0]) if videos else None


def read_picked(source: str, wanted: Sequence[int]) -> Iterator[DecodedFrame]:
    """Yield the frames `wanted` of a folder of images or a video, ascending and each once.

    Of a video that can be sought in, only what lies between a wanted frame and the keyframe before it is
    decoded.

    Args:
        source: A folder of images, or the path or fsspec URL of a video.
        wanted: 0-based. Images that are numbered count from 1 (or from 0 if there is one of that number),
            others by their natural order.

    Raises:
        MediaError: if the source or a wanted frame can't be read; frames before it have been yielded.
    """
    frames = sorted(set(wanted))
    if not frames:
        return
    folder = Path(source)
    yield from _from_images(folder, frames) if folder.is_dir() else read_indexed(probe(source), frames)


def read_indexed(index: VideoIndex, wanted: Sequence[int]) -> Iterator[DecodedFrame]:
    """Yield the frames `wanted` of a video that is probed already, see `read_picked`.

    Raises:
        MediaError: if the video or a wanted frame can't be read; frames before it have been yielded.
    """
    frames = sorted(set(wanted))
    if frames and frames[-1] >= index.num_frames:
        raise VideoDecodeError(index.uri, frames[-1], f"the video has {index.num_frames} frames")
    keyframes = np.searchsorted(index.pts, index.keyframe_pts) if index.seekable else np.zeros(0, np.int64)
    for _, group in groupby(frames, key=lambda frame: int(np.searchsorted(keyframes, frame, side="right"))):
        together = list(group)
        left = set(together)
        for decoded in read_frames(segment_of(index, together[0], together[-1] + 1), num_threads=0):
            if decoded.frame_index in left:
                left.remove(decoded.frame_index)
                yield decoded
            if not left:
                break
        if left:
            raise VideoDecodeError(index.uri, min(left), "the video ends before it")


def _image_folder_name(seqinfo: Path) -> str:
    """Return `imDir` of a `seqinfo.ini`, `img1` without one."""
    parser = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error, UnicodeDecodeError):  # whoever needs the length says what is wrong
        parser.read(seqinfo, encoding="utf-8-sig")
    return parser.get("Sequence", "imDir", fallback="img1")


def _from_images(folder: Path, frames: Sequence[int]) -> Iterator[DecodedFrame]:
    paths = images_in(folder)
    by_frame = dict(enumerate(paths))
    if all(path.stem.isdecimal() for path in paths):
        numbers = [int(path.stem) for path in paths]
        first = min([1, *numbers])
        by_frame = {number - first: path for number, path in zip(numbers, paths, strict=True)}
    rate_hz = folder_rate_hz(folder) or DEFAULT_FOLDER_RATE_HZ  # some give the rate as 0
    for frame in frames:
        if frame not in by_frame:
            raise VideoDecodeError(str(folder), frame, "there is no image of it")
        yield DecodedFrame(frame, frame / rate_hz, read_image(by_frame[frame], frame))
