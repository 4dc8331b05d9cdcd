"""Behaviour of putting labels and media together."""

from __future__ import annotations

import numpy as np

from mot_platform.datasets.readers.assembly import source_video
from mot_platform.datasets.readers.media import Media
from mot_platform.datasets.readers.video_labels import FoundVideo

BOX = (8, 8, 24, 24)


def test_a_missing_video_joins_its_labels_by_the_rate_of_its_files(labels_of, log) -> None:
    boxes = labels_of(
        [(0, 1, *BOX), (30, 1, *BOX)],
        frame_rate_hz=30.0,
        num_frames=40,
        labelled=np.arange(40),
        action=np.zeros((2, 1), bool),
        action_names=("walk",),
    )
    actions = labels_of(
        [(1.0, 1, 0, 0, 1, 1)],
        by_time=True,
        normalised=True,
        action=np.ones((1, 1), bool),
        has_action=np.ones(1, bool),
        action_names=("walk",),
    )
    found = FoundVideo(name="a", uri="/nowhere/a.mp4", labels=(boxes, actions))
    video = source_video(found, Media(name="a", status="missing", error="gone"), found.labels, log)
    assert (video.status, video.error, video.num_frames) == ("missing", "gone", 40)
    assert video.boxes.has_action.tolist() == [False, True]
    assert video.frame_times_s[30] == 1.0
    assert not log.problems()


def test_a_test_video_needs_no_labels(log) -> None:
    media = Media(name="a", status="dead", error="broken")
    for split in ("test", None):
        source_video(FoundVideo(name="a", uri="a.mp4", official_split=split), media, (), log)
    assert [problem.what for problem in log.problems()] == ["broken", "broken"]
