"""Puts labels on the frames and pixels of their video, and takes out what does not fit it."""

# R boxes, L labelled frames, T frames

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.media import Media
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import MAX_FRAMES, Places, VideoLabels
from mot_platform.datasets.source import BoxLabels
from mot_platform.video.index import VideoIndex
from mot_platform.video.sources import DEFAULT_FOLDER_RATE_HZ

_END_TOLERANCE_FRAMES = 1.5
"""A label so much before the first or after the last frame still belongs to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedBoxes:
    """R boxes on the frames of their video, and where they are written."""

    boxes: BoxLabels
    places: Places

    def __getitem__(self, keep: Array) -> PlacedBoxes:
        """Return the rows that a mask selects."""
        return PlacedBoxes(boxes=self.boxes[keep], places=self.places[keep])


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedLabels:
    """The labels of a video on its frames; without the video, on the frames that are labelled."""

    rows: PlacedBoxes
    labelled_frames: Array
    """int64 `(L,)`, ascending."""
    frame_times_s: Array
    """float64 `(T,)`."""
    box_unit: Literal["px", "frame"]


def place_on_frames(labels: VideoLabels, media: Media, log: ProblemLog) -> PlacedLabels:
    """Return the labels on the frames of the video, those beyond its ends left out and noted."""
    if media.facts is None:
        return _without_video(_of_bearable_length(labels, log))
    facts = media.facts
    frame_times_s = facts.pts * float(facts.time_base)
    frames = _frames_of(labels, labels.position, facts)
    beyond = (frames < 0) | (frames >= facts.num_frames)
    if beyond.any():
        _note_beyond(labels, beyond, facts, frame_times_s, log)
    labelled = _frames_of(labels, labels.labelled, facts)
    xyxy = labels.xyxy * np.tile(facts.size_wh, 2) if labels.normalised else labels.xyxy
    return PlacedLabels(
        rows=_sorted_rows(replace(labels, xyxy=xyxy)[~beyond], frames[~beyond]),
        labelled_frames=np.unique(labelled[(labelled >= 0) & (labelled < facts.num_frames)]),
        frame_times_s=frame_times_s,
        box_unit="px",
    )


def no_labels(media: Media) -> PlacedLabels:
    """Return the labels of a video of which nothing is labelled."""
    times = np.zeros(0) if media.facts is None else media.facts.pts * float(media.facts.time_base)
    none = np.zeros(0, np.int64)
    return PlacedLabels(
        rows=PlacedBoxes(boxes=BoxLabels.empty(0), places=Places(files=(), file=none, line=none)),
        labelled_frames=none,
        frame_times_s=times,
        box_unit="px",
    )


def _without_video(labels: VideoLabels) -> PlacedLabels:
    """Return the labels on all frames that the files tell of: up to the last, or those of labelled times."""
    positions = np.union1d(labels.labelled, labels.position)
    rate_hz = labels.frame_rate_hz or DEFAULT_FOLDER_RATE_HZ
    if not labels.by_time:
        positions = np.arange(max(labels.num_frames or 0, positions.max(initial=-1) + 1))
    return PlacedLabels(
        rows=_sorted_rows(labels, np.searchsorted(positions, labels.position)),
        labelled_frames=np.searchsorted(positions, labels.labelled),
        frame_times_s=positions.astype(np.float64) / (1 if labels.by_time else rate_hz),
        box_unit="frame" if labels.normalised else "px",
    )


def _of_bearable_length(labels: VideoLabels, log: ProblemLog) -> VideoLabels:
    """Return the labels without frames beyond the end that the files tell, or that no video can have."""
    if labels.by_time:
        return labels
    stop = MAX_FRAMES if labels.num_frames is None else labels.num_frames
    beyond = (labels.position < 0) | (labels.position >= stop)
    log.add_rows(
        "labels beyond the end of the video",
        labels.places,
        beyond,
        lambda row: (
            f"in frame {labels.position[row]}, counted from 0, of a video of {stop} at most; left out"
        ),
    )
    within = (labels.labelled >= 0) & (labels.labelled < stop)
    return replace(labels[~beyond], labelled=labels.labelled[within])


def _frames_of(labels: VideoLabels, positions: Array, facts: VideoIndex) -> Array:
    """Return the frame of each position, that nearest to a time; beyond the ends, -1 or T."""
    if not labels.by_time:
        return positions
    times = facts.pts * float(facts.time_base)
    after = np.clip(np.searchsorted(times, positions), 1, max(1, len(times) - 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    nearest = np.where(positions - times[before] <= times[after] - positions, before, after)
    slack = _END_TOLERANCE_FRAMES / facts.frame_rate_hz
    nearest = np.where(positions > times[-1] + slack, len(times), nearest)
    frames: Array = np.where(positions < times[0] - slack, -1, nearest)
    return frames


def _note_beyond(
    labels: VideoLabels, beyond: Array, facts: VideoIndex, frame_times_s: Array, log: ProblemLog
) -> None:
    """Note how many labels are outside the time of the video."""
    first = int(np.flatnonzero(beyond)[0])
    position = labels.position[first]
    if labels.by_time:
        what = f"at {position:g} s; the video goes from {frame_times_s[0]:.2f} to {frame_times_s[-1]:.2f} s"
    else:
        what = f"in frame {position}, counted from 0; the video has {facts.num_frames} frames"
    log.add(
        "labels beyond the end of the video",
        labels.places.of(first),
        f"{what}; {beyond.sum()} boxes in {len(np.unique(labels.position[beyond]))} frames beyond its ends "
        "left out",
    )


def _sorted_rows(labels: VideoLabels, frames: Array) -> PlacedBoxes:
    """Return the boxes by frame, those of a frame in the order of the file."""
    order = np.argsort(frames, kind="stable")
    boxes = BoxLabels(
        frame_index=frames[order].astype(np.int64),
        track_id=labels.track_id[order],
        class_id=labels.class_id[order],
        xyxy=labels.xyxy[order],
        visibility=labels.visibility[order],
        ignored=labels.ignored[order],
        action=labels.action[order],
        has_action=labels.has_action[order],
    )
    return PlacedBoxes(boxes=boxes, places=labels.places[order])
