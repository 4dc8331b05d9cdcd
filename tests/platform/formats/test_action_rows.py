"""Rows of actions from several videos."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.formats.action_rows import ActionRows, rows_of_ava, ticks_time_s
from mot_platform.formats.ava import AvaRows


def _ava() -> AvaRows:
    return AvaRows(
        video=["a", "b", "a"],
        time_s=np.array([902.0, 3.0, 902.04]),
        xyxy=np.tile([0.0, 0, 1, 1], (3, 1)),
        action_id=np.array([12, 80, 1]),
        person_id=np.array([0, 1, 7]),
        score=np.array([0.5, 1, 0.25]),
        empty_images=(("c", 1.0), ("b", 4.0)),
    )


def test_times_of_ava_are_frames_that_tell_microseconds_apart() -> None:
    rows = rows_of_ava(_ava())
    assert rows.videos == ("a", "b", "c")
    assert rows.video.tolist() == [0, 1, 0]
    assert ticks_time_s(rows.frame).tolist() == [902.0, 3.0, 902.04]
    assert (rows.empty_video.tolist(), rows.empty_frame.tolist()) == ([2, 1], [1_000_000, 4_000_000])


def test_rows_of_some_videos_are_numbered_anew() -> None:
    rows = rows_of_ava(_ava()).of_videos(["c", "b", "x"])
    assert (rows.video.tolist(), rows.action_id.tolist()) == ([1], [80])
    assert rows.empty_video.tolist() == [0, 1]


def test_columns_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        ActionRows(
            videos=("a",),
            **{name: np.zeros(2, np.int64) for name in ("video", "frame", "person_id", "action_id")},
            xyxy=np.zeros((1, 4)),
            score=np.zeros(2),
            empty_video=np.zeros(0, np.int64),
            empty_frame=np.zeros(0, np.int64),
        )
