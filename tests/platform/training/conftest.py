"""Labelled videos and clips made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from mot_platform.datasets.source import BoxLabels, SplitRange
from mot_platform.training.clips import Clip
from mot_platform.training.training_video import TrainingVideo
from mot_platform.video.index import VideoIndex

MakeTrainingVideo = Callable[..., TrainingVideo]
MakeSquares = Callable[..., Clip]


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


@pytest.fixture(scope="session")
def make_squares() -> MakeSquares:
    """Return a function that makes a still clip of 160x96 pixels with bright squares on black.

    Square i has identity 10 + i, and its colour, one of seven, is its only action: bit b of the colour's
    number says whether channel b is bright.
    """

    def make(
        boxes: Sequence[Sequence[int]], *, colours: Sequence[int] = (1, 2, 4), num_frames: int = 2
    ) -> Clip:
        pixels = np.zeros((num_frames, 96, 160, 3), np.uint8)
        for (left, top, right, bottom), colour in zip(boxes, colours, strict=False):
            bright = [255 * (colour >> channel & 1) for channel in range(3)]
            pixels[:, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = bright
        shape = (num_frames, len(boxes))
        action = np.eye(8, dtype=np.float32)[list(colours[: len(boxes)])].reshape(-1, 8)
        return Clip(
            pixels=pixels,
            xyxy=np.broadcast_to(np.array(boxes, np.float32).reshape(-1, 4), (*shape, 4)),
            present=np.ones(shape, bool),
            ignored=np.zeros(shape, bool),
            class_id=np.zeros(shape, np.int64),
            track_id=np.broadcast_to(10 + np.arange(len(boxes)), shape),
            action=np.broadcast_to(action, (*shape, 8)),
            has_action=np.ones((*shape, 8), bool),
            has_boxes=np.ones((num_frames, 1), bool),
        )

    return make
