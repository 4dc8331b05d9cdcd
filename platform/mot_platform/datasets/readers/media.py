"""The facts of videos and folders of images, found by several processes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from mot_platform.datasets.source import IMAGES_CODEC, Status
from mot_platform.errors import InputError, MediaError
from mot_platform.processes import results_as_done
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.sources import DEFAULT_FOLDER_RATE_HZ, folder_rate_hz, images_in, read_image

_MAX_RATE_DENOMINATOR = 1001
"""Of television's 30000/1001."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaPlace:
    """A video file or a folder of images to look at."""

    name: str
    uri: str
    frame_rate_hz: float | None = None
    """Of a folder of images; None to ask its `seqinfo.ini`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """What is at a `MediaPlace`."""

    name: str
    status: Status
    error: str = ""
    size_bytes: int = 0
    facts: VideoIndex | None = None
    complaint: str = ""
    """What a person should know although it is ready."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LookedAt:
    """How far a look at many places is."""

    media: Media
    """The last that was looked at."""
    number: int
    """How many were."""
    total: int


Watcher = Callable[[LookedAt], None]
"""Told of each place that was looked at."""


def look_at_all(
    places: Sequence[MediaPlace], *, workers: int, progress: Watcher | None = None
) -> dict[str, Media]:
    """Return what is at each place, by name.

    Args:
        places: Of different names.
        workers: Processes.
        progress: Told of each as it is done.
    """
    largest_first = sorted(places, key=lambda place: -media_size_bytes(place.uri))
    found = {}
    for media in results_as_done(look_at, largest_first, workers=workers):
        found[media.name] = media
        if progress is not None:
            progress(LookedAt(media=media, number=len(found), total=len(places)))
    return found


def look_at(place: MediaPlace) -> Media:
    """Return what is at one place; what can't be used is no error."""
    path = Path(place.uri)
    if not path.exists():
        return Media(name=place.name, status="missing", error="no such file or folder")
    size_bytes = media_size_bytes(place.uri)
    if path.is_dir() and not images_in(path):
        return Media(name=place.name, status="missing", error="no images in this folder")
    try:
        facts, complaint = _image_facts(path, place) if path.is_dir() else (probe(place.uri), "")
    except (InputError, MediaError, ValueError, OSError) as error:
        reason = getattr(error, "reason", None) or str(error)
        return Media(name=place.name, status="dead", error=reason, size_bytes=size_bytes)
    return Media(name=place.name, status="ready", size_bytes=size_bytes, facts=facts, complaint=complaint)


def media_size_bytes(uri: str) -> int:
    """Return the size of a file, or of all images of a folder; 0 if there is nothing."""
    path = Path(uri)
    if path.is_dir():
        return sum(image.stat().st_size for image in images_in(path))
    return path.stat().st_size if path.is_file() else 0


def _image_facts(folder: Path, place: MediaPlace) -> tuple[VideoIndex, str]:
    """Return the facts of a folder of images, and a complaint if they are not used all.

    Raises:
        InputError: if the first is missing.
        MediaError: if the first can't be read.
    """
    images = images_in(folder)
    num_frames, complaint = _gapless(images)
    first = read_image(images[0], 0)
    rate_hz = place.frame_rate_hz or folder_rate_hz(folder) or DEFAULT_FOLDER_RATE_HZ
    rate = Fraction(rate_hz).limit_denominator(_MAX_RATE_DENOMINATOR)
    frames = np.arange(num_frames, dtype=np.int64)
    facts = VideoIndex(
        uri=place.uri,
        codec=IMAGES_CODEC,
        width_px=first.width,
        height_px=first.height,
        rotation=0,
        time_base=1 / rate,
        num_frames=num_frames,
        pts=frames,
        keyframe_pts=frames,
        duration_s=num_frames / rate_hz,
        frame_rate_hz=rate_hz,
        seekable=False,
        not_seekable_reason="a folder of images",
    )
    return facts, complaint


def _gapless(images: Sequence[Path]) -> tuple[int, str]:
    """Return how many images come before the first that is missing, and which that is.

    Labels name frames by number; after a gap, the i-th image would no longer be frame i.
    """
    if not all(image.stem.isdecimal() for image in images):
        return len(images), ""
    numbers = np.array([int(image.stem) for image in images])
    if numbers[0] > 1:
        raise InputError(f"image 1 is missing; the first is {images[0].name}")
    gaps = np.flatnonzero(np.diff(numbers) != 1)
    if not len(gaps):
        return len(images), ""
    stop = int(gaps[0]) + 1
    return stop, f"image {numbers[stop - 1] + 1} is missing; only the {stop} before it are used"
