"""Tracks in the images of a ground truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows, ticks_time_s, time_ticks
from mot_platform.formats.parquet_actions import TrackActions
from mot_platform.metrics.actions.track_rows import rows_at_times, rows_by_frame
from mot_platform.schema import ACTIONS_TYPE


def _tracks(frames: list[int], *, frame_rate_hz: float = 10.0, known: bool = True) -> TrackActions:
    """Return one box a frame of video `a/v.mp4`, its action numbered as the frame."""
    actions = [[{"action_id": frame, "name": str(frame), "score": 0.5}] for frame in frames]
    return TrackActions(
        path=Path("out"),
        videos=("a/v.mp4", "a/w.mp4"),
        video=np.zeros(len(frames), np.int64),
        frame_index=np.array(frames, np.int64),
        time_s=np.array(frames, np.float64) / frame_rate_hz,
        track_id=np.full(len(frames), 3),
        xyxy=np.tile([10.0, 20, 30, 40], (len(frames), 1)),
        score=np.full(len(frames), 0.25),
        without_tracks={},
        actions=pa.array(actions, ACTIONS_TYPE),
        size_wh={"a/v.mp4": (100, 50)} if known else {},
    )


def _truth(times_s: list[float]) -> ActionRows:
    """Return a ground truth whose last image is empty."""
    number = len(times_s) - 1
    return ActionRows(
        videos=("w", "v"),
        video=np.ones(number, np.int64),
        frame=time_ticks(np.array(times_s[:-1], np.float64)),
        person_id=np.zeros(number, np.int64),
        xyxy=np.zeros((number, 4)),
        action_id=np.ones(number, np.int64),
        score=np.ones(number),
        empty_video=np.ones(1, np.int64),
        empty_frame=time_ticks(np.array(times_s[-1:], np.float64)),
    )


def test_nearest_frames_count_at_the_time_of_the_truth() -> None:
    rows = rows_at_times(_tracks(list(range(30))), _truth([0.96, 1.53, 2.0]))
    assert rows.videos == ("v", "w")
    assert ticks_time_s(rows.frame).tolist() == [0.96, 1.53, 2.0]
    assert rows.action_id.tolist() == [10, 15, 20]
    assert rows.person_id.tolist() == [3, 3, 3]
    assert rows.score.tolist() == [0.125] * 3, "that of the box times that of the action"
    np.testing.assert_allclose(rows.xyxy[0], [0.1, 0.4, 0.3, 0.8])


def test_frame_without_tracks_is_not_replaced_by_one_beside_it() -> None:
    rows = rows_at_times(_tracks([0, 1, 2, 3, 9, 11, 12, 13]), _truth([1.0, 1.1, 8.0, -3.0]))
    assert rows.action_id.tolist() == [11]


def test_single_frame_counts_where_it_is() -> None:
    rows = rows_at_times(_tracks([20]), _truth([2.0, 2.3, 1.0]))
    assert rows.action_id.tolist() == [20]


def test_no_tracks_and_no_common_video_have_no_rows() -> None:
    assert len(rows_at_times(_tracks([]), _truth([1.0, 2.0]))) == 0
    nothing = replace(_tracks([]), videos=())
    assert len(rows_at_times(nothing, _truth([1.0, 2.0]))) == 0
    assert len(rows_by_frame(nothing, _truth([1.0, 2.0]))) == 0


def test_size_is_needed_for_shares_of_the_frame_only() -> None:
    with pytest.raises(InputError, match=r"out: the size of video a/v.mp4 is not known"):
        rows_at_times(_tracks([0], known=False), _truth([0.0, 1.0]))
    rows = rows_by_frame(_tracks([0, 4], known=False), _truth([0.0, 1.0]))
    assert (rows.frame.tolist(), rows.xyxy[0].tolist()) == ([1, 5], [10, 20, 30, 40])
