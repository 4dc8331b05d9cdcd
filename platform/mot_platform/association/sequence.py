"""Runs the tracker over the detections of one sequence, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mot_model.structures import Array, Detections, Tracks
from mot_model.tracker import Tracker, TrackerConfig
from mot_platform.formats.detection_rows import DetectionRows

FRAMES_PER_REPORT = 200
"""Frames between two calls of `on_frames`."""

OnFrames = Callable[[int], None]
"""Called with the number of frames done since the last call."""


def frame_times(rows: DetectionRows, frames: range, frame_rate_hz: float) -> Array:
    """Return the time of each of `frames` in seconds: that of its detections, or else by the frame rate.

    A frame without detections among those with times lies between its neighbours in proportion.
    """
    if rows.time_s is None or not len(rows):
        return np.arange(frames.start, frames.stop, dtype=np.float64) / frame_rate_hz
    known, first = np.unique(rows.frame_index, return_index=True)
    times: Array = np.interp(np.arange(frames.start, frames.stop), known, rows.time_s[first])
    return times


def detections_by_frame(
    rows: DetectionRows, frames: range, times_s: Array, camera_motion: Mapping[int, Array]
) -> Iterator[Detections]:
    """Yield the detections of each of `frames`, those without any too.

    Args:
        rows: Detections of a sequence.
        frames: 0-based.
        times_s: float64, one per frame of `frames`.
        camera_motion: By frame, from the frame before; not all need one.
    """
    bounds = np.searchsorted(rows.frame_index, np.arange(frames.start, frames.stop + 1))
    for number, frame_index in enumerate(frames):
        here = slice(int(bounds[number]), int(bounds[number + 1]))
        yield Detections(
            frame_index=frame_index,
            time_s=float(times_s[number]),
            xyxy=rows.xyxy[here],
            score=rows.score[here],
            class_id=rows.class_id[here],
            embedding=None if rows.embedding is None else rows.embedding[here],
            camera_motion=camera_motion.get(frame_index),
        )


def associate_sequence(
    rows: DetectionRows,
    config: TrackerConfig,
    *,
    frames: range,
    frame_rate_hz: float,
    camera_motion: Mapping[int, Array] | None = None,
    on_frames: OnFrames | None = None,
) -> Tracks:
    """Return the tracks of one sequence, made online, by a tracker that begins with the first of `frames`.

    Args:
        rows: The detections.
        config: Settings of the tracker.
        frames: Which frames to take, 0-based; each is a step, those without detections too.
        frame_rate_hz: Frames per second, where the detections have no times.
        camera_motion: See `read_camera_motion`; None if unknown.
        on_frames: Called now and then, and at the end.
    """
    tracker = Tracker(config)
    state = tracker.initial_state()
    times = frame_times(rows, frames, frame_rate_hz)
    parts: list[Tracks] = []
    for number, detections in enumerate(detections_by_frame(rows, frames, times, camera_motion or {})):
        state, tracks, _ = tracker.step(state, detections)
        if len(tracks):
            parts.append(tracks)
        if on_frames is not None and (number + 1) % FRAMES_PER_REPORT == 0:
            on_frames(FRAMES_PER_REPORT)
    if on_frames is not None:
        on_frames(len(frames) % FRAMES_PER_REPORT)
    return Tracks.concatenate(parts)
