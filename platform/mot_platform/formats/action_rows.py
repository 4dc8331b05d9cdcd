"""Boxes with one action each in the images of several videos, whatever file they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.ava import AvaRows

_TICKS_HZ = 1_000_000
"""AVA images are the same when their times are, to a microsecond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionRows:
    """Rows of one box and one action; a person who does three things in an image has three rows.

    Raises:
        ValueError: if the columns differ in length.
    """

    videos: tuple[str, ...]
    """The videos that have an image here."""
    video: Array
    """int64 `(R,)`, index into `videos`."""
    frame: Array
    """int64 `(R,)`, any numbering of the images of a video in the order of time."""
    person_id: Array
    """int64 `(R,)`, unique in a video, -1 where not known."""
    xyxy: Array
    """float64 `(R, 4)`, pixels or shares of the frame."""
    action_id: Array
    """int64 `(R,)`."""
    score: Array
    """float64 `(R,)`, of no meaning in ground truth."""
    empty_video: Array
    """int64 `(E,)`, the video of each image that was looked at and has nobody in it."""
    empty_frame: Array
    """int64 `(E,)`, its frame."""

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in _ROW_COLUMNS}
        if len(set(lengths.values())) != 1 or len(self.empty_video) != len(self.empty_frame):
            raise ValueError(f"columns of one length expected, but have {lengths}")

    def __len__(self) -> int:
        return len(self.video)

    def __getitem__(self, keep: Array) -> ActionRows:
        """Return the rows that the mask or index array `keep` selects, all videos and empty images kept."""
        return replace(self, **{name: getattr(self, name)[keep] for name in _ROW_COLUMNS})

    def of_videos(self, videos: Sequence[str]) -> ActionRows:
        """Return the rows of the named videos only, numbered in that order."""
        number = {name: place for place, name in enumerate(videos)}
        place = np.array([number.get(name, -1) for name in self.videos], np.int64)
        kept = self[place[self.video] >= 0]
        empty = place[self.empty_video] >= 0
        return replace(
            kept,
            videos=tuple(videos),
            video=place[kept.video],
            empty_video=place[self.empty_video[empty]],
            empty_frame=self.empty_frame[empty],
        )


_ROW_COLUMNS = tuple(
    field.name for field in fields(ActionRows) if field.name not in ("videos", "empty_video", "empty_frame")
)


def rows_of_ava(ava: AvaRows) -> ActionRows:
    """Return the rows of an AVA csv; a frame is a time in microseconds."""
    names = [*ava.video, *(video for video, _ in ava.empty_images)]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    video = np.array([number[name] for name in names], np.int64)
    return ActionRows(
        videos=tuple(number),
        video=video[: len(ava)],
        frame=time_ticks(ava.time_s),
        person_id=ava.person_id,
        xyxy=ava.xyxy,
        action_id=ava.action_id,
        score=ava.score,
        empty_video=video[len(ava) :],
        empty_frame=time_ticks(np.array([time for _, time in ava.empty_images], np.float64)),
    )


def time_ticks(time_s: Array) -> Array:
    """Return times as `rows_of_ava` numbers frames, int64."""
    ticks: Array = np.rint(time_s * _TICKS_HZ).astype(np.int64)
    return ticks


def ticks_time_s(ticks: Array) -> Array:
    """Return in seconds what `time_ticks` returned."""
    return ticks / _TICKS_HZ
