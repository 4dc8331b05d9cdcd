"""Labelled sources made by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from mot_platform.datasets.source import BoxLabels, Source, SourceVideo, SplitRange
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.writer import VideoWriter


def video_facts(uri: str, num_frames: int) -> VideoIndex:
    """Return the facts of a video of 10 frames a second with a keyframe every fifth."""
    pts = np.arange(num_frames) * 100
    return VideoIndex(
        uri=uri,
        codec="h264",
        width_px=160,
        height_px=96,
        rotation=0,
        time_base=Fraction(1, 1000),
        num_frames=num_frames,
        pts=pts,
        keyframe_pts=pts[::5],
        duration_s=num_frames / 10,
        frame_rate_hz=10.0,
        seekable=True,
        not_seekable_reason="",
    )


@pytest.fixture
def labelled_source(tmp_path) -> Source:
    """Return two videos, the second of which is missing, with everything labelled that can be."""
    uri = str(tmp_path / "set" / "a.mp4")
    boxes = BoxLabels(
        frame_index=np.array([0, 0, 3]),
        track_id=np.array([7, -1, 7]),
        class_id=np.array([0, 1, 0]),
        xyxy=np.array([[1.5, 2, 30, 40], [0.1, 0, 9, 9], [2, 2, 31, 41]]),
        visibility=np.array([1, 0.25, 1], np.float32),
        ignored=np.array([False, True, False]),
        action=np.array([[True, True], [False, False], [False, False]]),
        has_action=np.array([True, False, True]),
    )
    videos = (
        SourceVideo(
            name="a",
            uri=uri,
            status="ready",
            size_bytes=1234,
            facts=video_facts(uri, 12),
            frame_times_s=np.arange(12) / 10,
            labelled_frames=np.array([0, 3, 5]),
            boxes=boxes,
            splits=(
                SplitRange(split="train", start_frame=0, stop_frame=6),
                SplitRange(split="val", start_frame=6, stop_frame=12),
            ),
        ),
        SourceVideo(
            name="b",
            uri=str(tmp_path / "set" / "b.mp4"),
            status="missing",
            error="no such file",
            frame_times_s=np.array([902.0, 903.0]),
            labelled_frames=np.array([0, 1]),
            boxes=boxes[:2],
            box_unit="frame",
        ),
    )
    return Source(
        name="set-1",
        kind="custom",
        root=str(tmp_path / "set"),
        class_names=("person", "car"),
        complete_classes=("person",),
        has_ids=True,
        action_ids=(11, 12),
        action_names=("sit", "stand"),
        videos=videos,
    )


@pytest.fixture
def filmed_source(labelled_source, tmp_path) -> Source:
    """Return `labelled_source` with its first video on disk: a white square in the box of every frame.

    It goes two pixels to the right with every frame, as person 7.
    """
    video = labelled_source.videos[0]
    left = 10 + 2 * np.arange(12)
    boxes = BoxLabels(
        frame_index=np.arange(12),
        track_id=np.full(12, 7),
        class_id=np.zeros(12, np.int64),
        xyxy=np.stack([left, np.full(12, 20), left + 40, np.full(12, 70)], axis=1).astype(np.float64),
        visibility=np.ones(12, np.float32),
        ignored=np.zeros(12, bool),
        action=np.tile([True, False], (12, 1)),
        has_action=np.ones(12, bool),
    )
    path = tmp_path / "set" / "a.mp4"
    path.parent.mkdir()
    with VideoWriter(path, (160, 96), 10.0) as writer:
        for frame, (x1, y1, x2, y2) in enumerate(boxes.xyxy.astype(int)):
            pixels = np.zeros((96, 160, 3), np.uint8)
            pixels[y1:y2, x1:x2] = 255
            writer.write(pixels, frame / 10)
    filmed = replace(
        video,
        size_bytes=path.stat().st_size,
        facts=probe(str(path)),
        labelled_frames=np.arange(12),
        boxes=boxes,
    )
    return replace(labelled_source, videos=(filmed, labelled_source.videos[1]))
