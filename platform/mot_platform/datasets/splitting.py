"""Which frames of a source belong to which split: by its files, by video, by time, or all to one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, cast, get_args

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.source import SplitRange
from mot_platform.errors import InputError

PolicyKind = Literal["official", "by-video", "by-time", "halves", "all"]
USAGE = (
    "official, by-video:val=0.2[,test=0.1], by-time:val=0.2[,test=0.1][,gap_s=1], halves[:gap_s=1], all:train"
)
_FIRST_SPLIT = "train"
_GAP = "gap_s"
_BY_SHARE = ("by-video", "by-time")
_WITH_GAP = ("by-time", "halves")


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitPolicy:
    """How the videos of a source are split."""

    kind: PolicyKind
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the videos or of the frames that each split takes; what they leave is `train`."""
    gap_s: float = 0.0
    """Seconds before a range that belong to no split, so that clips of two splits are not alike."""
    split: str = _FIRST_SPLIT
    """The one split of `all`."""


def parse_split_policy(text: str) -> SplitPolicy:
    """Return the policy that a text such as `by-time:val=0.2,gap_s=2` stands for.

    Raises:
        InputError: if it stands for none.
    """
    kind, colon, rest = text.strip().partition(":")
    if kind not in get_args(PolicyKind) or bool(colon) != bool(rest):
        raise _no_policy(text)
    if kind == "all":
        if not rest.isidentifier():
            raise _no_policy(text)
        return SplitPolicy(kind="all", split=rest)
    shares = _numbers(text, rest)
    gap_s = shares.pop(_GAP, 0.0)
    if bool(shares) != (kind in _BY_SHARE) or (gap_s and kind not in _WITH_GAP):
        raise _no_policy(text)
    if _FIRST_SPLIT in shares or min(shares.values(), default=1) <= 0 or sum(shares.values()) >= 1:
        raise InputError(f"split {text}: shares must be above 0 and leave something for {_FIRST_SPLIT}")
    return SplitPolicy(kind=cast(PolicyKind, kind), shares=shares, gap_s=gap_s)


def split_ranges(
    policy: SplitPolicy, *, video: str, frame_times_s: Array, official: str | None
) -> tuple[SplitRange, ...]:
    """Return the ranges of one video, which never overlap; none of a video without frames.

    Args:
        policy: See `parse_split_policy`. `halves` cuts as everybody does for MOT17: of n frames, the second
            half begins at frame n // 2 + 1, counted from 0.
        video: Its name, which alone decides where `by-video` puts it, whatever other videos there are.
        frame_times_s: float64 `(T,)`.
        official: The split that its files put it in; None if they say nothing, which makes it `train`.
    """
    num_frames = len(frame_times_s)
    if policy.kind == "halves":
        starts = [(_FIRST_SPLIT, 0), ("val", num_frames // 2 + 1)]
    elif policy.kind == "by-time":
        starts = _starts_in_time(policy.shares, num_frames)
    elif policy.kind == "by-video":
        starts = [(_split_of_name(policy.shares, video), 0)]
    else:
        starts = [(policy.split if policy.kind == "all" else official or _FIRST_SPLIT, 0)]
    return _ranges(starts, policy.gap_s, frame_times_s)


def require_no_overlap(ranges: Sequence[SplitRange]) -> None:
    """Check that no frame is in two ranges, so that no clip can be in two splits.

    Raises:
        ValueError: if one is.
    """
    for before, after in pairwise(sorted(ranges, key=lambda part: part.start_frame)):
        if after.start_frame < before.stop_frame:
            raise ValueError(f"frame {after.start_frame} is in {before.split} and {after.split}")


def _split_of_name(shares: Mapping[str, float], video: str) -> str:
    """Return the split of a video by a hash of its name."""
    place = int.from_bytes(hashlib.sha256(video.encode()).digest()[:8], "big") / 2**64
    for split, share in shares.items():
        if place < share:
            return split
        place -= share
    return _FIRST_SPLIT


def _starts_in_time(shares: Mapping[str, float], num_frames: int) -> list[tuple[str, int]]:
    """Return the first frame of each split: `train`, then the others in their order."""
    starts, left = [(_FIRST_SPLIT, 0)], 1 - sum(shares.values())
    for split, share in shares.items():
        starts.append((split, round(num_frames * left)))
        left += share
    return starts


def _ranges(starts: list[tuple[str, int]], gap_s: float, frame_times_s: Array) -> tuple[SplitRange, ...]:
    """Return the ranges that begin at `starts`, each ending a gap before the next."""
    num_frames = len(frame_times_s)
    ranges = []
    for (split, start), (_, next_start) in pairwise([*starts, ("", num_frames)]):
        stop = min(next_start, num_frames)
        if gap_s and stop < num_frames:
            stop = int(np.searchsorted(frame_times_s, frame_times_s[stop] - gap_s, side="left"))
        if start < stop:
            ranges.append(SplitRange(split=split, start_frame=start, stop_frame=stop))
    require_no_overlap(ranges)
    return tuple(ranges)


def _numbers(text: str, rest: str) -> dict[str, float]:
    """Return the values of `a=1,b=2`."""
    values = {}
    for part in filter(None, rest.split(",")):
        name, _, number = part.partition("=")
        try:
            values[name.strip()] = float(number)
        except ValueError:
            raise _no_policy(text) from None
    if not all(name.isidentifier() and 0 <= value < float("inf") for name, value in values.items()):
        raise _no_policy(text)
    return values


def _no_policy(text: str) -> InputError:
    return InputError(f"split {text}: no such policy; choose from {USAGE}")
