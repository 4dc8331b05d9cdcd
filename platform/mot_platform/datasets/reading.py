"""Reads a data set of any kind into a `Source`, with a list of all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from mot_platform.datasets.readers.assembly import source_video
from mot_platform.datasets.readers.ava_corpus import read_ava_corpus
from mot_platform.datasets.readers.custom_corpus import read_custom_corpus
from mot_platform.datasets.readers.label_map import LabelMap, read_label_map
from mot_platform.datasets.readers.media import MediaPlace, Watcher, look_at_all
from mot_platform.datasets.readers.mot_benchmark import read_mot_benchmark
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import FoundSource
from mot_platform.datasets.readers.vocabulary import Vocabulary
from mot_platform.datasets.source import Problem, Source, SourceVideo
from mot_platform.datasets.splitting import SplitPolicy, parse_split_policy, split_ranges
from mot_platform.errors import InputError

_NAMES_SHOWN = 10

Kind = Literal["mot17", "mot20", "ava", "custom"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRequest:
    """Which data set to read, and how."""

    kind: Kind
    root: Path
    """Folder with its videos."""
    name: str | None = None
    """Name of the source; without it the kind, of a custom one the name of its folder."""
    labels: Path | None = None
    """Of a custom one, file or folder of labels that are not in `root`."""
    label_map: Path | None = None
    """YAML file, see `LabelMap`."""
    split: str = "official"
    """See `parse_split_policy`."""
    workers: int = 1
    """Processes that look at videos."""
    progress: Watcher | None = None
    """Told of each video that was looked at."""


def read_source(request: ReadRequest) -> tuple[Source, list[Problem]]:
    """Return a data set and all that is wrong with it.

    A row or file that can't be used is left out and listed; media that is missing or dead gives a video of
    that status.

    Raises:
        InputError: if nothing can be made of it: there is no such folder, nothing is recognised in it, or the
            label map or the split policy is wrong.
    """
    policy = parse_split_policy(request.split)
    label_map = read_label_map(request.label_map)
    root = _existing(request.root)
    log = ProblemLog(root)
    found = _find(request, root, log)
    videos, vocabulary = _videos(found, label_map, log, request)
    source = Source(
        name=request.name or _default_name(request.kind, root),
        kind=request.kind,
        root=str(root),
        class_names=vocabulary.class_names,
        complete_classes=_complete(found, label_map, vocabulary),
        has_ids=any((video.boxes.track_id >= 0).any() for video in videos),
        action_ids=_action_ids(found, vocabulary),
        action_names=vocabulary.action_names,
        videos=tuple(_split(videos, found, policy, log)),
    )
    return source, log.problems()


def _default_name(kind: Kind, root: Path) -> str:
    """Return the name of a source that is given none."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", root.name) if kind == "custom" else kind


def _existing(root: Path) -> Path:
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; name the one with the videos of the data set")
    return root.resolve()


def _find(request: ReadRequest, root: Path, log: ProblemLog) -> FoundSource:
    """Return what the reader of its kind finds."""
    if request.kind in ("mot17", "mot20"):
        return read_mot_benchmark(root, request.kind, log)
    if request.kind == "ava":
        return read_ava_corpus(root, log)
    return read_custom_corpus(root, request.labels, log)


def _videos(
    found: FoundSource, label_map: LabelMap, log: ProblemLog, request: ReadRequest
) -> tuple[list[SourceVideo], Vocabulary]:
    """Return the videos without splits, and the names that their labels use."""
    places = [MediaPlace(name=v.name, uri=v.uri, frame_rate_hz=v.frame_rate_hz) for v in found.videos]
    media = look_at_all(places, workers=request.workers, progress=request.progress)
    vocabulary = Vocabulary(label_map, log)
    videos = []
    for video in found.videos:
        shifted = [part.shifted(label_map.time_offset_s) for part in video.labels]
        labels = tuple(vocabulary.translated(part) for part in shifted)
        labels = tuple(vocabulary.widened(part) for part in labels)
        videos.append(source_video(video, media[video.name], labels, log))
    _note_missing(found, videos, log)
    num_actions = len(vocabulary.action_names)
    return [_with_actions(video, num_actions) for video in videos], vocabulary


def _note_missing(found: FoundSource, videos: Sequence[SourceVideo], log: ProblemLog) -> None:
    """Note in one line each which videos are not there, and which have no labels."""
    labelled = {video.name for video in found.videos if video.labels or video.official_split == "test"}
    missing = [video for video in videos if video.status == "missing"]
    bare = [video for video in videos if video.status == "ready" and video.name not in labelled]
    for kind, those, what in (
        ("media missing", missing, "no video or images of"),
        ("videos without labels", bare, "no labels of"),
    ):
        if those:
            names = ", ".join(video.name for video in those[:_NAMES_SHOWN])
            more = f" and {len(those) - _NAMES_SHOWN} more" if len(those) > _NAMES_SHOWN else ""
            log.add(kind, those[0].uri, f"{what} {len(those)} of {len(videos)} videos: {names}{more}")


def _with_actions(video: SourceVideo, num_actions: int) -> SourceVideo:
    """Return the video with a column for each action of the source."""
    missing = num_actions - video.boxes.action.shape[1]
    action = np.pad(video.boxes.action, ((0, 0), (0, missing)))
    return replace(video, boxes=replace(video.boxes, action=action))


def _complete(found: FoundSource, label_map: LabelMap, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the classes of which every object is labelled."""
    names = vocabulary.class_names
    if label_map.complete is not None:
        return tuple(name for name in names if name in label_map.complete)
    mapping = label_map.classes or {}
    incomplete = {mapping.get(name, name) for name in found.incomplete_classes}
    return tuple(name for name in names if name not in incomplete)


def _action_ids(found: FoundSource, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return the number of each action: the file's, or after those that have one."""
    ids = dict(found.action_ids)
    for name in vocabulary.action_names:
        ids.setdefault(name, max(ids.values(), default=0) + 1)
    return tuple(ids[name] for name in vocabulary.action_names)


def _split(
    videos: Sequence[SourceVideo], found: FoundSource, policy: SplitPolicy, log: ProblemLog
) -> list[SourceVideo]:
    """Return the videos with their splits; a split of a policy that gets no frame is noted."""
    official = {video.name: video.official_split for video in found.videos}
    split = [
        replace(
            video,
            splits=split_ranges(
                policy,
                video=video.name,
                frame_times_s=video.frame_times_s,
                official=official[video.name],
            ),
        )
        for video in videos
    ]
    for wanted in policy.shares:
        if not any(video.ranges(wanted) for video in split):
            log.add("empty splits", f"split {policy.kind}", f"of {len(split)} videos, none is in {wanted}")
    return split
