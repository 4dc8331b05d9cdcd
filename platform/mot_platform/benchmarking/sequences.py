"""Sequences with ground truth and detections in files, as frames for a tracker and truth for an evaluator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mot_model.structures import Detections
from mot_platform.association.inputs import find_detections
from mot_platform.association.prepared import beside
from mot_platform.association.sequence import detections_by_frame
from mot_platform.errors import InputError
from mot_platform.formats.detections import read_text_detections
from mot_platform.formats.motchallenge import MotRows, read_mot
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark

MIN_SCORE = 0.1
"""Detections below are left out, for every tracker."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledSequence:
    """The frames of a sequence that count, renumbered from 0."""

    name: str
    benchmark: Benchmark
    """Which ground truth counts."""
    frames: tuple[Detections, ...]
    """With camera motion where there is a `gmc.txt`."""
    truth: MotRows


def read_sequences(
    folder: Path, *, benchmark: Benchmark, frames: FrameRange | None = None, frame_rate_hz: float = 30.0
) -> tuple[LabelledSequence, ...]:
    """Return the sequences `FOLDER/SEQUENCE/{det/*.txt,gt/gt.txt}`, with `gmc.txt` and `seqinfo.ini` if any.

    Args:
        folder: Where they are.
        benchmark: Which ground truth counts.
        frames: Which frames of each; None for all.
        frame_rate_hz: Frames per second where there is no `seqinfo.ini`.

    Raises:
        InputError: if there are none, or ground truth is missing.
        ValueError: with file and line, if a row is malformed.
    """
    found = find_detections(folder).files
    folders = [(file.path, file.folder) for file in found if file.folder is not None]
    if not folders:
        raise InputError(f"{folder}: no sequences in it; expected SEQUENCE/det/*.txt and SEQUENCE/gt/gt.txt")
    return tuple(
        _read(detections, sequence, benchmark, frames or FrameRange(), frame_rate_hz)
        for detections, sequence in folders
    )


def _read(
    detections: Path, folder: Path, benchmark: Benchmark, frames: FrameRange, frame_rate_hz: float
) -> LabelledSequence:
    """Return one sequence."""
    truth_file = folder / "gt" / "gt.txt"
    if not truth_file.is_file():
        raise InputError(f"{truth_file}: no ground truth there")
    rows, truth = read_text_detections(detections), read_mot(truth_file, unique_ids=True)
    num_frames = max(rows.num_frames, int(truth.frame_index.max(initial=-1)) + 1)
    info, motions = beside(folder, with_camera_motion=True)
    if info is not None:
        num_frames, frame_rate_hz = info.num_frames, info.frame_rate_hz
    taken = frames.of(num_frames)
    counts = (truth.frame_index >= taken.start) & (truth.frame_index < taken.stop)
    motions = {frame: motion for frame, motion in (motions or {}).items() if frame != taken.start}
    sure = rows[np.flatnonzero(rows.score >= MIN_SCORE)]
    times_s = np.arange(len(taken)) / frame_rate_hz
    parts = (
        replace(detections, frame_index=detections.frame_index - taken.start)
        for detections in detections_by_frame(sure, taken, times_s, motions)
    )
    return LabelledSequence(
        name=folder.name,
        benchmark=benchmark,
        frames=tuple(parts),
        truth=replace(truth[counts], frame_index=truth.frame_index[counts] - taken.start),
    )
