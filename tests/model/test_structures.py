"""The data types refuse what they can't hold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mot_model.structures import Detections, FrameBatch, Tracks, VideoSegment


def segment(**changes: object) -> VideoSegment:
    fields = {"start_frame": 10, "stop_frame": 20, "warmup_frames": 5} | changes
    return VideoSegment(
        video="a.mp4",
        uri="a.mp4",
        start_pts=None,
        stop_pts=None,
        time_base=Fraction(1, 25),
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"stop_frame": 10}, id="empty"),
        pytest.param({"start_frame": -1}, id="negative"),
        pytest.param({"warmup_frames": 11}, id="warm-up before the first frame"),
    ],
)
def test_segment_refuses_an_impossible_range(changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"a\.mp4"):
        segment(**changes)


def test_wrong_dtype_is_named_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match=r"xyxy must be float32 of shape \(1, 4\), but got float64"):
        Detections(
            frame_index=0,
            time_s=0.0,
            xyxy=np.zeros((1, 4)),
            score=np.ones(1, np.float32),
            class_id=np.zeros(1, np.int64),
        )


def test_frames_must_be_rgb() -> None:
    with pytest.raises(ValueError, match="pixels"):
        FrameBatch(
            video="a", frame_index=np.arange(1), time_s=np.zeros(1), pixels=np.zeros((1, 2, 2, 4), np.uint8)
        )


def test_detections_are_selected_with_their_features() -> None:
    detections = Detections(
        frame_index=3,
        time_s=0.1,
        xyxy=np.zeros((3, 4), np.float32),
        score=np.array([0.1, 0.9, 0.5], np.float32),
        class_id=np.zeros(3, np.int64),
        embedding=np.eye(3, dtype=np.float32),
    )
    kept = detections[detections.score > 0.4]
    assert len(kept) == 2
    np.testing.assert_array_equal(kept.embedding, np.eye(3)[1:])


def test_tracks_concatenate_in_order_and_keep_columns_when_empty() -> None:
    assert Tracks.concatenate([], num_actions=5).action_score.shape == (0, 5)
    both = Tracks.concatenate([Tracks.empty(2), Tracks.empty(2)])
    assert len(both) == 0
    assert both[:0].action_score.shape == (0, 2)
