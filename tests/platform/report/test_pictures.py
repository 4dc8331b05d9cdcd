"""Moments of a video."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.errors import MediaError
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.report.pictures import Strip, draw_strip


def strip_of(uri: Path, tracks: Tracks, truth: SequenceTruth) -> Strip:
    return draw_strip(str(uri), tracks, truth, action_names={}, column_names=("sit", "walk"), num_moments=2)


def test_a_strip_shows_the_frames_it_names(video: Path, tracks: Tracks, truth: SequenceTruth) -> None:
    strip = strip_of(video, tracks, truth)
    assert [moment.frame_index for moment in strip.moments] == [2, 6]
    assert [moment.time_s for moment in strip.moments] == [0.2, 0.6]
    for moment in strip.moments:
        data = base64.b64decode(moment.image.removeprefix("data:image/jpeg;base64,"))
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape == (48, 64, 3)
        assert abs(picture.mean() - (60 + 10 * moment.frame_index)) < 4
        assert len(moment.predicted) == len(moment.truth) == 2


def test_trails_reach_back_before_the_first_moment(video: Path, tracks: Tracks, truth: SequenceTruth) -> None:
    strip = strip_of(video, tracks, truth)
    lengths = [[len(mark.trail.split()) for mark in moment.predicted] for moment in strip.moments]
    assert lengths == [[3, 3], [1, 7]]  # track 9 is new at frame 6


def test_a_file_that_is_no_video_is_an_error(tmp_path: Path, tracks: Tracks, truth: SequenceTruth) -> None:
    (tmp_path / "x.mp4").write_text("no video")
    with pytest.raises(MediaError, match=r"x\.mp4"):
        strip_of(tmp_path / "x.mp4", tracks, truth)
