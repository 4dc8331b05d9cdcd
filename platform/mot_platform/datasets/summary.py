"""What is in a source, counted: videos, frames, boxes, identities, classes, actions, sizes, splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.media import media_size_bytes
from mot_platform.datasets.source import Problem, Source, SourceVideo

HEIGHT_BOUNDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7)
"""Heights of boxes, as shares of the height of the frame, that divide the counts of sizes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitCount:
    """What is in a split."""

    split: str
    """Empty for the frames that belong to no split."""
    videos: int
    frames: int
    labelled_frames: int
    boxes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSummary:
    """What is in a source. Counts of boxes leave out those that are ignored, unless they say so."""

    name: str
    kind: str
    root: str
    has_ids: bool
    has_actions: bool
    class_names: tuple[str, ...]
    complete_classes: tuple[str, ...]
    videos: dict[str, int]
    """By status."""
    duration_s: float
    """Of the videos that are ready."""
    frames: int
    """Of the videos that are ready."""
    labelled_frames: int
    boxes: int
    ignored_boxes: int
    boxes_with_actions: int
    identities: int
    boxes_by_class: dict[str, int]
    """Most frequent first, as are the next."""
    boxes_by_action: dict[str, int]
    boxes_by_height: dict[str, int]
    """By height as a share of that of the frame, in words, ascending."""
    splits: tuple[SplitCount, ...]
    """By name, frames in no split last."""
    not_ready: tuple[tuple[str, str, str], ...]
    """Name, status and reason of each video that is missing or dead."""


def summarize(source: Source) -> SourceSummary:
    """Return what is in `source`."""
    videos = source.videos
    ready = [video for video in videos if video.facts is not None]
    counted = [video.boxes[~video.boxes.ignored] for video in videos]
    by_class = _sum([np.bincount(b.class_id, minlength=len(source.class_names)) for b in counted])
    by_action = _sum([(b.action & b.has_action[:, None]).sum(axis=0) for b in counted])
    return SourceSummary(
        name=source.name,
        kind=source.kind,
        root=source.root,
        has_ids=source.has_ids,
        has_actions=bool(source.action_names),
        class_names=source.class_names,
        complete_classes=source.complete_classes,
        videos=dict(sorted(Counter(video.status for video in videos).items(), reverse=True)),
        duration_s=sum(video.facts.duration_s for video in ready if video.facts is not None),
        frames=sum(video.num_frames for video in ready),
        labelled_frames=sum(len(video.labelled_frames) for video in videos),
        boxes=sum(len(boxes) for boxes in counted),
        ignored_boxes=sum(int(video.boxes.ignored.sum()) for video in videos),
        boxes_with_actions=sum(int(boxes.has_action.sum()) for boxes in counted),
        identities=sum(len(np.unique(boxes.track_id[boxes.track_id >= 0])) for boxes in counted),
        boxes_by_class=_most_first(source.class_names, by_class),
        boxes_by_action=_most_first(source.action_names, by_action),
        boxes_by_height=_by_height(videos),
        splits=tuple(_splits(videos)),
        not_ready=tuple((v.name, v.status, v.error) for v in videos if v.status != "ready"),
    )


def changed_media(source: Source) -> list[Problem]:
    """Return what is no longer as it was indexed: local media that are gone or have another size."""
    problems = []
    for video in source.videos:
        if video.status != "ready" or "://" in video.uri:
            continue
        if not Path(video.uri).exists():
            problems.append(Problem(where=video.uri, what="is gone since it was indexed"))
            continue
        size_bytes = media_size_bytes(video.uri)
        if size_bytes != video.size_bytes:
            what = f"{size_bytes:,} bytes, but {video.size_bytes:,} when it was indexed; prepare it again"
            problems.append(Problem(where=video.uri, what=what))
    return problems


def _sum(counts: Sequence[Array]) -> Array:
    """Return the sum of counts, none of nothing."""
    total: Array = np.sum(counts, axis=0) if counts else np.zeros(0, np.int64)
    return total


def _most_first(names: Sequence[str], counts: Array) -> dict[str, int]:
    pairs = zip(names, counts.tolist(), strict=False)  # a source without videos counts nothing
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _by_height(videos: Sequence[SourceVideo]) -> dict[str, int]:
    """Return how many boxes have a height between the bounds; of frames of unknown size, none."""
    bounds = [0, *HEIGHT_BOUNDS]
    names = [f"{low:.0%} to {high:.0%}" for low, high in pairwise(bounds)]
    counts = np.zeros(len(bounds), np.int64)
    for video in videos:
        boxes = video.boxes[~video.boxes.ignored]
        frame_height = 1 if video.box_unit == "frame" else video.facts.height_px if video.facts else None
        if frame_height is not None:
            heights = (boxes.xyxy[:, 3] - boxes.xyxy[:, 1]) / frame_height
            place = np.searchsorted(HEIGHT_BOUNDS, heights, side="right")
            counts += np.bincount(place, minlength=len(bounds))
    return dict(zip([*names, f"over {bounds[-1]:.0%}"], counts.tolist(), strict=True))


def _splits(videos: Sequence[SourceVideo]) -> Iterable[SplitCount]:
    """Yield the counts of each split, and of what is in none."""
    for split in [*sorted({part.split for video in videos for part in video.splits}), ""]:
        masks = [(video, _in_split(video, split)) for video in videos]
        count = SplitCount(
            split=split,
            videos=sum(bool(inside.any()) for _, inside in masks),
            frames=sum(int(inside.sum()) for _, inside in masks),
            labelled_frames=sum(int(inside[video.labelled_frames].sum()) for video, inside in masks),
            boxes=sum(int(inside[video.boxes.frame_index].sum()) for video, inside in masks),
        )
        if split or count.frames:
            yield count


def _in_split(video: SourceVideo, split: str) -> Array:
    """Return the mask `(T,)` of the frames of a video in `split`, of those in none if it is empty."""
    inside = np.zeros(video.num_frames, bool)
    for part in video.splits:
        if not split or part.split == split:
            inside[part.start_frame : part.stop_frame] = True
    return inside if split else ~inside
