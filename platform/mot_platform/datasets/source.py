"""A labelled data set in memory: its videos, what is labelled in them, and how they are split.

Readers of all formats make this, the index stores it, training and evaluation take it.
"""

# R boxes, T frames, L labelled frames, A actions

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from mot_model.structures import Array
from mot_platform.video.index import VideoIndex

Status = Literal["ready", "missing", "dead"]
IMAGES_CODEC = "images"
"""`VideoIndex.codec` of a folder of images; frame i is the i-th of `images_in`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxLabels:
    """R boxes of one video, sorted by frame.

    Raises:
        ValueError: if columns differ in length or frames are not sorted.
    """

    frame_index: Array
    """int64 `(R,)`, 0-based; of a video that is missing, the position in its `frame_times_s`."""
    track_id: Array
    """int64 `(R,)`, unique in the video, -1 without identity."""
    class_id: Array
    """int64 `(R,)`, position in `Source.class_names`."""
    xyxy: Array
    """float64 `(R, 4)`, pixels of the displayed frame, or its share where `SourceVideo.box_unit` says so."""
    visibility: Array
    """float32 `(R,)`, range [0, 1], 1 where unknown."""
    ignored: Array
    """bool `(R,)`: neither an object to find nor background, such as MOT17's distractors or a crowd."""
    action: Array
    """bool `(R, A)`, the columns as in `Source.action_names`."""
    has_action: Array
    """bool `(R,)`: boxes whose actions are labelled; elsewhere `action` says nothing."""

    def __post_init__(self) -> None:
        lengths = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        if len(set(lengths.values())) > 1 or self.xyxy.shape[1:] != (4,) or self.action.ndim != 2:
            raise ValueError(f"columns of one length expected, xyxy (R, 4), action (R, A), got {lengths}")
        if (np.diff(self.frame_index) < 0).any():
            raise ValueError("boxes must be sorted by frame")

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, keep: Array | slice) -> BoxLabels:
        """Return the rows that a mask or slice selects."""
        return BoxLabels(**{field.name: getattr(self, field.name)[keep] for field in fields(self)})

    @classmethod
    def empty(cls, num_actions: int) -> BoxLabels:
        """Return no boxes."""
        return cls(
            frame_index=np.zeros(0, np.int64),
            track_id=np.zeros(0, np.int64),
            class_id=np.zeros(0, np.int64),
            xyxy=np.zeros((0, 4)),
            visibility=np.zeros(0, np.float32),
            ignored=np.zeros(0, bool),
            action=np.zeros((0, num_actions), bool),
            has_action=np.zeros(0, bool),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitRange:
    """Frames `[start_frame, stop_frame)` of a video that belong to a split; ranges never overlap."""

    split: str
    """Such as "train" or "val"."""
    start_frame: int
    stop_frame: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceVideo:
    """One video of a source with its labels."""

    name: str
    """Unique in the source; the sequence, or the path below the source's folder without its ending."""
    uri: str
    """Path or fsspec URL of the video or the folder of images; of a missing one, where it was looked for."""
    status: Status
    """`ready`; `missing`: there is no media; `dead`: there is, but it can't be used."""
    error: str = ""
    """Why it is not ready, one line."""
    size_bytes: int = 0
    """Of the file, or of all images of the folder; 0 if missing."""
    facts: VideoIndex | None = None
    """Frames, timestamps and entry points; None if not ready. Codec `IMAGES_CODEC` for images."""
    frame_times_s: Array
    """float64 `(T,)`: time of each frame; of a video that is not ready, of the labelled ones."""
    labelled_frames: Array
    """int64 `(L,)`, ascending: frames of which all objects are labelled, also those without any."""
    boxes: BoxLabels
    box_unit: Literal["px", "frame"] = "px"
    """`frame`: boxes are shares of width and height, as the size of a missing video is not known."""
    splits: tuple[SplitRange, ...] = ()
    """Frames in no range belong to no split."""

    @property
    def num_frames(self) -> int:
        """Frames of the video, or labelled times of one that is not ready."""
        return len(self.frame_times_s)

    def ranges(self, split: str) -> list[SplitRange]:
        """Return the ranges of a split, by frame."""
        return sorted((r for r in self.splits if r.split == split), key=lambda r: r.start_frame)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A data set: videos that are labelled alike."""

    name: str
    """Unique in an index; letters, digits, `-`, `_` and `.`."""
    kind: str
    """`mot17`, `mot20`, `ava`, `custom`."""
    root: str
    """Folder it was read from."""
    class_names: tuple[str, ...]
    """Names of the classes of boxes."""
    complete_classes: tuple[str, ...]
    """Classes of which a labelled frame has every object: only of these is the rest background."""
    has_ids: bool
    """Whether boxes have identities."""
    action_ids: tuple[int, ...] = ()
    """Number of each action in the source's own list."""
    action_names: tuple[str, ...] = ()
    """Actions that are labelled, none if the source labels none; a name means the same in every source."""
    videos: tuple[SourceVideo, ...]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.-]+", self.name, re.ASCII):
            raise ValueError(f"source {self.name!r}: a name has letters, digits, -, _ and . only")
        (video, count), *_ = [*Counter(video.name for video in self.videos).most_common(1), ("", 0)]
        if count > 1:
            raise ValueError(f"source {self.name}: {count} videos are named {video}")
        if any(v.boxes.action.shape[1] != len(self.action_names) for v in self.videos):
            raise ValueError(f"source {self.name}: boxes have other actions than {self.action_names}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something in the labels or media of a source that a person should know."""

    where: str
    """File, with the line where there is one: `gt/gt.txt:17`."""
    what: str
    """What is wrong and what was done about it, one line."""
    fatal: bool = False
    """Whether the source can't be used before this is mended."""


def videos_of(sources: Sequence[Source], split: str) -> list[tuple[Source, SourceVideo]]:
    """Return the ready videos that have frames in `split`, with their sources."""
    return [
        (source, video)
        for source in sources
        for video in source.videos
        if video.status == "ready" and video.ranges(split)
    ]


def action_numbers(sources: Sequence[Source], known: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return a number for each action by name: the known one, else the source's, else one that is free."""
    numbers = dict(known or {})
    for source in sources:
        for number, name in zip(source.action_ids, source.action_names, strict=True):
            if name not in numbers:
                taken = set(numbers.values())
                numbers[name] = number if number not in taken else max(taken) + 1
    return numbers
