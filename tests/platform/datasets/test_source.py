from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mot_platform.datasets.source import BoxLabels, videos_of


def test_ready_videos_are_found_by_split(labelled_source) -> None:
    assert [video.name for _, video in videos_of([labelled_source], "val")] == ["a"]
    assert videos_of([labelled_source], "test") == []


def test_unsorted_boxes_are_refused(labelled_source) -> None:
    boxes = labelled_source.videos[0].boxes
    with pytest.raises(ValueError, match="sorted by frame"):
        boxes[np.array([2, 0])]
    with pytest.raises(ValueError, match="one length"):
        replace(boxes, ignored=np.zeros(2, bool))
    assert len(BoxLabels.empty(3)) == 0


@pytest.mark.parametrize("name", ["", "a/b", "a b", ".."[:0]])
def test_a_name_must_be_fit_for_a_file(labelled_source, name) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        replace(labelled_source, name=name)


def test_two_videos_of_a_name_are_refused(labelled_source) -> None:
    with pytest.raises(ValueError, match="2 videos are named a"):
        replace(labelled_source, videos=labelled_source.videos[:1] * 2)


def test_boxes_must_have_the_actions_of_their_source(labelled_source) -> None:
    with pytest.raises(ValueError, match="other actions than"):
        replace(labelled_source, action_names=("sit",), action_ids=(11,))
