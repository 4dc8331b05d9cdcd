"""How fast clips for training are decoded, beside a bare PyAV loop: what `bench decode` reports.

A machine may be half as fast a minute later. So in every round each way of reading goes over a video right
after the bare loop, on the same core, and only these two make a ratio. Time is that of the processor: what
others do on the machine meanwhile does not count.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mot_platform.benchmarking.decoding_passes import WAYS, Reading, Task, read_bare, read_in_order
from mot_platform.errors import InputError, MediaError
from mot_platform.report.machine import this_machine
from mot_platform.video.index import probe
from mot_platform.video.opening import VIDEO_EXTENSIONS

Pair = tuple[Reading, Reading]
"""A bare pass and one in another way right after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodingTime:
    """How long a way of reading takes, medians over the rounds."""

    name: str
    frames_per_s: float
    """Frames delivered for each second of one core."""
    ms_per_frame: float
    decoded_per_frame: float
    """Frames decoded for each one delivered."""
    ratio: float
    """Frames per second over those of the bare loop just before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoTimes:
    """What was measured on one video."""

    video: str
    codec: str
    size_wh: tuple[int, int]
    num_frames: int
    """Frames that were read, from the first on."""
    group_frames: float
    """Mean distance of the keyframes at which decoding can start."""
    times: list[DecodingTime]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodingSpeed:
    """What `bench decode` reports."""

    input_wh: tuple[int, int]
    clip_frames: int
    videos: list[VideoTimes]
    overall: list[DecodingTime]
    """The mean over all videos, whatever their length."""
    left_out: dict[str, str]
    """Files that can't be read, and why."""

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {"machine": asdict(this_machine()), **asdict(self)}


def measure_decoding(
    paths: Sequence[str],
    *,
    input_wh: tuple[int, int],
    clip_frames: int,
    num_frames: int,
    rounds: int,
    on_run: Callable[[int], None] | None = None,
) -> DecodingSpeed:
    """Return how fast clips of each video are read in several ways, on one core.

    Args:
        paths: Videos, or folders of videos.
        input_wh: Size of the network's input.
        clip_frames: Frames of a clip.
        num_frames: Frames of each video to read, from its first on.
        rounds: Passes over each video in each way.
        on_run: Called with the number of all passes after each of them.

    Raises:
        InputError: if there is no video, or a number is below 1.
    """
    if min(clip_frames, num_frames, rounds) < 1:
        raise InputError(f"--clip-frames {clip_frames}, --frames {num_frames}, --rounds {rounds}: from 1")
    tasks, left_out = _tasks(paths, input_wh, num_frames, clip_frames)
    pairs: dict[tuple[str, str], list[Pair]] = {}
    with one_core():
        for number in range(rounds):
            for task in tasks:
                for name in _turned(list(WAYS), number):
                    pair = read_bare(task), WAYS[name](task)
                    pairs.setdefault((task.facts.uri, name), []).append(pair)
                    if on_run is not None:
                        on_run(rounds * len(tasks) * len(WAYS))
    return DecodingSpeed(
        input_wh=input_wh,
        clip_frames=clip_frames,
        videos=[_video_times(task, pairs) for task in tasks],
        overall=[_summary(name, [pairs[task.facts.uri, name] for task in tasks]) for name in WAYS],
        left_out=left_out,
    )


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, OpenCV included."""
    num_threads, cores = cv2.getNumThreads(), os.sched_getaffinity(0)
    cv2.setNumThreads(1)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        cv2.setNumThreads(num_threads)


def _tasks(
    paths: Sequence[str], input_wh: tuple[int, int], num_frames: int, clip_frames: int
) -> tuple[list[Task], dict[str, str]]:
    """Return a task for each video that decodes as far as it is to be read, and why others don't."""
    tasks, left_out = [], {}
    for path in _videos(paths):
        try:
            facts = probe(path)
            task = Task(facts, input_wh, min(num_frames, facts.num_frames), clip_frames)
            read_in_order(task)  # and now the file is in the system's memory
            tasks.append(task)
        except MediaError as error:
            left_out[path] = str(error)
    if not tasks:
        raise InputError(f"{' '.join(paths)}: no video that can be decoded here")
    return tasks, left_out


def _videos(paths: Sequence[str]) -> list[str]:
    """Return the files of `paths`, those of its folders by their ending."""
    found = []
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
        inside = sorted(path.rglob("*")) if path.is_dir() else []
        videos = [file for file in inside if file.suffix.lower() in VIDEO_EXTENSIONS]
        found += [str(file) for file in (videos if path.is_dir() else [path])]
    return found


def _turned(names: list[str], number: int) -> list[str]:
    """Return the names beginning with another one in each round."""
    first = number % len(names)
    return names[first:] + names[:first]


def _summary(name: str, videos: Sequence[Sequence[Pair]]) -> DecodingTime:
    """Return the figures of a way of reading from the passes of each round over each video."""
    frame_s = np.array([[[one.frame_s for one in pair] for pair in pairs] for pairs in videos]).mean(0)
    decoded = [[way.num_decoded / way.num_delivered for _, way in pairs] for pairs in videos]
    return DecodingTime(
        name=name,
        frames_per_s=float(1 / np.median(frame_s[:, 1])),
        ms_per_frame=float(np.median(frame_s[:, 1]) * 1e3),
        decoded_per_frame=float(np.median(np.mean(decoded, axis=0))),
        ratio=float(np.median(frame_s[:, 0] / frame_s[:, 1])),
    )


def _video_times(task: Task, pairs: dict[tuple[str, str], list[Pair]]) -> VideoTimes:
    facts = task.facts
    return VideoTimes(
        video=Path(facts.uri).name,
        codec=facts.codec,
        size_wh=facts.size_wh,
        num_frames=task.num_frames,
        group_frames=facts.num_frames / max(1, len(facts.keyframe_pts)),
        times=[_summary(name, [pairs[facts.uri, name]]) for name in WAYS],
    )
