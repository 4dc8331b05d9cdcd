"""Behaviour of the split policies."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.datasets.source import SplitRange
from mot_platform.datasets.splitting import parse_split_policy, require_no_overlap, split_ranges
from mot_platform.errors import InputError


def ranges(
    policy: str, num_frames: int, *, video: str = "a", official: str | None = None, rate_hz: float = 10
):
    found = split_ranges(
        parse_split_policy(policy),
        video=video,
        frame_times_s=np.arange(num_frames) / rate_hz,
        official=official,
    )
    return [(part.split, part.start_frame, part.stop_frame) for part in found]


@pytest.mark.parametrize(
    ("policy", "official", "expected"),
    [
        ("official", "val", [("val", 0, 100)]),
        ("official", None, [("train", 0, 100)]),
        ("all:demo", "val", [("demo", 0, 100)]),
        ("by-time:val=0.2", None, [("train", 0, 80), ("val", 80, 100)]),
        ("by-time:val=0.2,test=0.1", None, [("train", 0, 70), ("val", 70, 90), ("test", 90, 100)]),
        ("by-time:val=0.2,gap_s=1", None, [("train", 0, 70), ("val", 80, 100)]),
        ("by-time:val=0.2,gap_s=1.55", None, [("train", 0, 65), ("val", 80, 100)]),
        ("by-time:val=0.2,gap_s=99", None, [("val", 80, 100)]),
        ("halves", None, [("train", 0, 51), ("val", 51, 100)]),
        ("halves:gap_s=1", None, [("train", 0, 41), ("val", 51, 100)]),
    ],
)
def test_ranges_of_a_video(policy, official, expected) -> None:
    assert ranges(policy, 100, official=official) == expected


@pytest.mark.parametrize("policy", ["official", "by-time:val=0.5", "by-video:val=0.5", "halves"])
@pytest.mark.parametrize("num_frames", [0, 1, 2])
def test_short_videos_have_no_empty_ranges(policy, num_frames) -> None:
    found = ranges(policy, num_frames)
    assert all(start < stop for _, start, stop in found)
    assert sum(stop - start for _, start, stop in found) == num_frames


def test_halves_of_mot17_begin_where_everybody_has_them() -> None:
    lengths = [600, 1050, 837, 525, 654, 900, 750]
    starts = [ranges("halves", length)[1][1] + 1 for length in lengths]
    assert starts == [302, 527, 420, 264, 329, 452, 377]


@pytest.mark.parametrize("policy", ["by-time:val=0.3,test=0.15", "by-time:val=0.3,gap_s=0.7", "halves"])
@pytest.mark.parametrize("clip_frames", [1, 8])
def test_no_clip_of_a_split_has_a_frame_of_another(policy, clip_frames) -> None:
    for num_frames in range(1, 60):
        frames: dict[str, set[int]] = {}
        for split, start, stop in ranges(policy, num_frames):
            for first in range(start, stop - clip_frames + 1):
                frames.setdefault(split, set()).update(range(first, first + clip_frames))
        assert sum(map(len, frames.values())) == len(set().union(*frames.values()))


def test_a_video_stays_in_its_split_when_others_come() -> None:
    names = [f"video {number}" for number in range(2000)]
    split = {name: ranges("by-video:val=0.2,test=0.1", 5, video=name)[0][0] for name in names}
    share = {name: list(split.values()).count(name) / len(names) for name in ("train", "val", "test")}
    assert share["val"] == pytest.approx(0.2, abs=0.03)
    assert share["test"] == pytest.approx(0.1, abs=0.03)
    # a video that is prepared again must not move
    assert [name for name in names[:20] if split[name] == "val"] == ["video 8", "video 9", "video 12"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "half",
        "all",
        "all:",
        "all:a b",
        "official:val=0.2",
        "official:",
        "by-time",
        "by-time:val",
        "by-time:val=x",
        "by-time:gap_s=1",
        "by-video:val=0.2,gap_s=1",
        "halves:val=0.5",
        "by-time:val=nan",
        "by-time:val=-0.1",
    ],
)
def test_what_is_no_policy_is_an_error_that_lists_them(text) -> None:
    with pytest.raises(InputError, match="no such policy; choose from official, by-video"):
        parse_split_policy(text)


@pytest.mark.parametrize(
    "text", ["by-time:val=1", "by-video:val=0.6,test=0.4", "by-time:train=0.5", "by-time:val=0"]
)
def test_shares_must_leave_something_to_train_on(text) -> None:
    with pytest.raises(InputError, match="must be above 0 and leave something for train"):
        parse_split_policy(text)


def test_overlapping_ranges_are_refused() -> None:
    overlapping = [
        SplitRange(split="val", start_frame=9, stop_frame=20),
        SplitRange(split="train", start_frame=0, stop_frame=10),
    ]
    with pytest.raises(ValueError, match="frame 9 is in train and val"):
        require_no_overlap(overlapping)
