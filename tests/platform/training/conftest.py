"""Labelled videos made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from mot_platform.datasets.source import BoxLabels, SplitRange
from mot_platform.training.training_video import TrainingVideo
from mot_platform.video.index import VideoIndex

MakeTrainingVideo = Callable[..., TrainingVideo]


@pytest.fixture
def make_training_video() -> MakeTrainingVideo:
    """Return a function that makes a video of two actions, of which box `i` of `actions` shows some."""

    def make(
        num_frames: int = 40,
        *,
        labelled: Sequence[int] | None = None,
        ranges: Sequence[tuple[int, int]] = ((0, 40),),
        rows: Sequence[tuple[int, int]] = (),
        actions: Sequence[tuple[int, ...]] = (),
    ) -> TrainingVideo:
        count = len(rows)
        action = np.zeros((count, 2), bool)
        for row, shown in enumerate(actions):
            action[row, list(shown)] = True
        frame, track = np.array(rows, np.int64).reshape(-1, 2).T
        left = 10.0 * np.arange(count)
        return TrainingVideo(
            facts=VideoIndex(
                uri="a.mp4",
                codec="h264",
                width_px=160,
                height_px=96,
                rotation=0,
                time_base=Fraction(1, 10),
                num_frames=num_frames,
                pts=np.arange(num_frames),
                keyframe_pts=np.arange(0, num_frames, 10),
                duration_s=num_frames / 10,
                frame_rate_hz=10.0,
                seekable=True,
                not_seekable_reason="",
            ),
            boxes=BoxLabels(
                frame_index=frame,
                track_id=track,
                class_id=np.zeros(count, np.int64),
                xyxy=np.stack([left, left, left + 8, left + 20], axis=1),
                visibility=np.ones(count, np.float32),
                ignored=np.zeros(count, bool),
                action=action,
                has_action=np.array([bool(shown) for shown in actions] or [False] * count, bool),
            ),
            labelled_frames=np.arange(num_frames) if labelled is None else np.array(labelled, np.int64),
            ranges=tuple(SplitRange(split="train", start_frame=a, stop_frame=b) for a, b in ranges),
            complete_classes=np.array([True]),
            known_actions=np.array([True, True]),
        )

    return make
