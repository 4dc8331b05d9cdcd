"""Segments cover a video once, and depend on nothing but the file and the settings."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mot_platform.video.index import VideoIndex
from mot_platform.video.segments import plan_segments


def make_index(num_frames: int, keyframes: list[int], *, seekable: bool = True) -> VideoIndex:
    pts = np.arange(num_frames, dtype=np.int64) * 10 + 70
    return VideoIndex(
        uri="/videos/a.mp4",
        codec="h264",
        width_px=64,
        height_px=48,
        rotation=0,
        time_base=Fraction(1, 100),
        num_frames=num_frames,
        pts=pts,
        keyframe_pts=pts[keyframes] if seekable else pts[:0],
        duration_s=num_frames / 10,
        frame_rate_hz=10.0,
        seekable=seekable,
        not_seekable_reason="" if seekable else "a reason",
    )


def test_seams_lie_a_warm_up_after_keyframes() -> None:
    segments = plan_segments(make_index(100, [0, 20, 40, 60, 80]), video="a", segment_s=3, warmup_frames=5)
    assert [(s.start_frame, s.stop_frame, s.warmup_frames) for s in segments] == [
        (0, 45, 0),
        (45, 85, 5),
        (85, 100, 5),
    ]
    assert [(s.start_pts, s.stop_pts) for s in segments] == [(70, 520), (470, 920), (870, None)]


def test_a_short_rest_joins_the_last_segment() -> None:
    segments = plan_segments(make_index(100, [0, 40, 90]), video="a", segment_s=3, warmup_frames=0)
    assert [(s.start_frame, s.stop_frame) for s in segments] == [(0, 40), (40, 100)]


def test_a_video_that_cannot_be_sought_in_is_one_segment_from_the_beginning() -> None:
    (segment,) = plan_segments(make_index(100, [0], seekable=False), video="a", segment_s=1, warmup_frames=5)
    assert (segment.start_frame, segment.stop_frame, segment.start_pts, segment.stop_pts) == (
        0,
        100,
        None,
        None,
    )


@given(
    num_frames=st.integers(1, 300),
    keyframes=st.sets(st.integers(1, 299), max_size=20),
    segment_s=st.floats(0.01, 40),
    warmup_frames=st.integers(0, 40),
)
def test_segments_cover_every_frame_once_and_start_decoding_at_a_keyframe(
    num_frames: int, keyframes: set[int], segment_s: float, warmup_frames: int
) -> None:
    keys = [0, *sorted(k for k in keyframes if k < num_frames)]
    index = make_index(num_frames, keys)
    segments = plan_segments(index, video="a", segment_s=segment_s, warmup_frames=warmup_frames)
    covered = [frame for s in segments for frame in range(s.start_frame, s.stop_frame)]
    assert covered == list(range(num_frames))
    assert all(s.start_frame - s.warmup_frames in keys for s in segments)
    assert all(s.warmup_frames == warmup_frames for s in segments[1:])


@pytest.mark.parametrize(("segment_s", "warmup_frames"), [(0, 0), (float("nan"), 0), (1, -1)])
def test_senseless_settings_are_refused(segment_s: float, warmup_frames: int) -> None:
    with pytest.raises(ValueError, match="segment_s"):
        plan_segments(make_index(10, [0]), video="a", segment_s=segment_s, warmup_frames=warmup_frames)
