"""The labels of one video as its files have them, before they meet the video and the names of the source."""

# R boxes, L labelled positions, A actions

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from mot_model.structures import Array

MAX_FRAMES = 10_000_000
"""Days of video; a file that counts further is wrong, and must not fill the memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where each of R rows stands, for messages."""

    files: tuple[Path, ...]
    file: Array
    """int64 `(R,)`, position in `files`."""
    line: Array
    """int64 `(R,)`, from 1, or the number of an entry, from 0."""
    entry: str = ""
    """In JSON, the list that rows are entries of."""

    def __getitem__(self, keep: Array | slice) -> Places:
        """Return the places of the rows that a mask, index array or slice selects."""
        return Places(files=self.files, file=self.file[keep], line=self.line[keep], entry=self.entry)

    def of(self, row: int) -> str:
        """Return the place of one row: `gt/gt.txt:17`."""
        path, number = self.files[self.file[row]], self.line[row]
        return f"{path}: {self.entry}[{number}]" if self.entry else f"{path}:{number}"

    @classmethod
    def in_file(cls, path: Path, line: Array, *, entry: str = "") -> Places:
        """Return the places of rows of one file."""
        return cls(files=(path,), file=np.zeros(len(line), np.int64), line=line, entry=entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoLabels:
    """R boxes of one video, in any order, and where all objects are labelled.

    Positions are frames, 0-based, or seconds.

    Raises:
        ValueError: if columns differ in length.
    """

    places: Places
    by_time: bool
    """Whether positions are seconds."""
    position: Array
    """`(R,)`: int64 frames, or float64 seconds."""
    labelled: Array
    """`(L,)`, of the kind of `position`, ascending: where all objects, if any, are labelled."""
    track_id: Array
    """int64 `(R,)`, -1 without identity."""
    class_id: Array
    """int64 `(R,)`, position in `class_names`; after `translated`, in those of the source."""
    class_names: tuple[str, ...]
    xyxy: Array
    """float64 `(R, 4)`, pixels, or shares of the frame if `normalised`."""
    normalised: bool = False
    visibility: Array
    """float32 `(R,)`."""
    ignored: Array
    """bool `(R,)`."""
    action: Array
    """bool `(R, A)`, a column for each of `action_names`."""
    has_action: Array
    """bool `(R,)`."""
    action_names: tuple[str, ...] = ()
    num_frames: int | None = None
    """Length of the video as the files have it."""
    frame_rate_hz: float | None = None
    size_wh: tuple[int, int] | None = None
    """Size of the video in pixels as the files have it."""

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in _COLUMNS} | {"line": len(self.places.line)}
        if len(set(lengths.values())) > 1 or self.xyxy.shape[1:] != (4,):
            raise ValueError(f"columns of one length expected, got {lengths}")
        if self.action.shape[1:] != (len(self.action_names),):
            raise ValueError(f"{len(self.action_names)} actions, but {self.action.shape} of them in the rows")

    def __len__(self) -> int:
        return len(self.position)

    def __getitem__(self, keep: Array) -> VideoLabels:
        """Return the rows that a mask or index array selects, all labelled positions kept."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        values |= {name: values[name][keep] for name in (*_COLUMNS, "places")}
        return VideoLabels(**values)

    def shifted(self, seconds: float) -> VideoLabels:
        """Return the labels later by some seconds; those by frame stay."""
        if not self.by_time or not seconds:
            return self
        return replace(self, position=self.position + seconds, labelled=self.labelled + seconds)

    def has_ids(self) -> bool:
        """Return whether boxes have identities."""
        return bool((self.track_id >= 0).any())


_COLUMNS = ("position", "track_id", "class_id", "xyxy", "visibility", "ignored", "action", "has_action")


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundVideo:
    """A video that a source has or should have, and what is labelled in it."""

    name: str
    uri: str
    """Video file or folder of images; where nothing is found, where it was looked for."""
    labels: tuple[VideoLabels, ...] = ()
    """Two where one file has boxes with ids and another the actions of those ids."""
    official_split: str | None = None
    frame_rate_hz: float | None = None
    """Of a folder of images."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundSource:
    """What a reader finds below a folder."""

    videos: Sequence[FoundVideo]
    incomplete_classes: tuple[str, ...] = ()
    """Names in the files of classes of which not every object is labelled."""
    action_ids: dict[str, int] = field(default_factory=dict)
    """Number of each action by name."""
