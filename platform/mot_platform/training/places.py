"""The places of a corpus at which clips are taken, and how often each is due in an epoch.

A place is a stretch of labelled frames that fits into one clip. A densely labelled video has one every
`clip_frames` frames, AVA has one a second. A clip is laid over its place at random, so that what is labelled
is seen with more and with less past before it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.source import SplitRange
from mot_platform.training.training_video import TrainingVideo


@dataclass(frozen=True, slots=True)
class Place:
    """The labelled frames from `anchor` on that a clip can hold."""

    video: int
    """Number of the video."""
    within: SplitRange
    """Frames that the clip may hold."""
    anchor: int
    """First labelled frame; every clip of the place holds it."""


def find_places(videos: Sequence[TrainingVideo], clip_frames: int) -> list[Place]:
    """Return places that cover every labelled frame of the videos' ranges once, in order."""
    return [
        Place(number, part, anchor)
        for number, video in enumerate(videos)
        for part in video.ranges
        for anchor in _anchors(_labelled_in(part, video), clip_frames)
    ]


def another_place(places: Sequence[Place], number: int, random: np.random.Generator) -> int:
    """Return the number of another place in the same video, the same one if there is no other.

    Args:
        places: As `find_places` gives them: those of a video are next to each other.
        number: The place.
        random: Draws which.
    """
    video = places[number].video
    first = bisect_left(places, video, key=attrgetter("video"))
    stop = bisect_right(places, video, key=attrgetter("video"))
    if stop - first == 1:
        return number
    other = int(random.integers(first, stop - 1))
    return other + (other >= number)


def _anchors(labelled: Array, clip_frames: int) -> list[int]:
    """Return the first frame of each stretch of at most `clip_frames` frames."""
    anchors: list[int] = []
    while len(labelled):
        anchors.append(int(labelled[0]))
        labelled = labelled[np.searchsorted(labelled, labelled[0] + clip_frames) :]
    return anchors


def _labelled_in(part: SplitRange, video: TrainingVideo) -> Array:
    """Return the labelled frames of a range."""
    first, stop = np.searchsorted(video.labelled_frames, [part.start_frame, part.stop_frame])
    return video.labelled_frames[first:stop]


def draw_frames(
    place: Place, *, clip_frames: int, stride: int, is_reversed: bool, random: np.random.Generator
) -> Array:
    """Return the frames of a clip that holds the place's anchor, int64.

    They are all in the place's range. A range too short for the stride is taken frame by frame, and fewer
    than `clip_frames` are returned where it is too short even so.

    Args:
        place: Where.
        clip_frames: Frames wanted.
        stride: Frames from one to the next.
        is_reversed: Whether time runs backwards.
        random: Draws how much of the clip comes before the anchor.
    """
    first, stop = place.within.start_frame, place.within.stop_frame
    before = int(random.integers(clip_frames))
    num_before, num_after = (place.anchor - first) // stride, (stop - 1 - place.anchor) // stride
    if num_before + 1 + num_after < clip_frames:
        stride, num_before, num_after = 1, place.anchor - first, stop - 1 - place.anchor
    before = min(max(before, clip_frames - 1 - num_after), num_before)
    frames = place.anchor + stride * np.arange(-before, clip_frames - before)
    frames = frames[frames < stop]
    return frames[::-1].copy() if is_reversed else frames


def repeat_factors(
    places: Sequence[Place], videos: Sequence[TrainingVideo], *, clip_frames: int, threshold: float
) -> Array:
    """Return how often each place is due in an epoch, float64 of at least 1.

    A place is due as often as the rarest of its actions c asks for: sqrt(threshold / f(c)), where f(c) is
    the share of places with it.

    Args:
        places: Where.
        videos: What the places are in.
        clip_frames: Length of a clip.
        threshold: Share of places below which an action counts as rare; 0 for no balance.

    Source: Gupta et al., "LVIS" (2019), repeat factor sampling.
    """
    if threshold == 0 or not places:
        return np.ones(len(places))
    shown = np.stack([_actions_at(place, videos[place.video], clip_frames) for place in places])
    share = shown.mean(axis=0)
    wanted = np.sqrt(threshold / np.maximum(share, 1 / len(places)))
    factors: Array = np.where(shown, np.maximum(wanted, 1.0), 1.0).max(axis=1, initial=1.0)
    return factors


def _actions_at(place: Place, video: TrainingVideo, clip_frames: int) -> Array:
    """Return which actions are labelled in the frames of a place, bool `(A,)`."""
    frames = video.boxes.frame_index
    rows = slice(*np.searchsorted(frames, [place.anchor, place.anchor + clip_frames]))
    shown = video.boxes.action[rows] & video.boxes.has_action[rows, None]
    return np.asarray(shown.any(axis=0))
