"""Every way of reading delivers the frames it says, and decodes no more than it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.benchmarking.decoding_passes import WAYS, Task, read_at_random, read_in_order
from mot_platform.corpus import read_corpus
from mot_platform.video.index import probe


@pytest.fixture(scope="module")
def task(tiny_corpus: Path) -> Task:
    """Return 18 frames in clips of 4."""
    return Task(probe(read_corpus(tiny_corpus)[0].uri), (160, 96), 18, 4)


@pytest.mark.parametrize("name", WAYS)
def test_all_frames_are_delivered_and_timed(task: Task, name: str) -> None:
    reading = WAYS[name](task)
    assert reading.num_delivered == 18
    assert reading.num_decoded >= 18
    assert reading.frame_s > 0


def test_clips_are_the_video_cut_up(task: Task) -> None:
    assert [clip.tolist() for clip in task.clips][-2:] == [[12, 13, 14, 15], [16, 17]]


def test_in_order_each_frame_is_decoded_once_and_at_random_more(task: Task) -> None:
    assert read_in_order(task).num_decoded == 18
    assert read_at_random(task).num_decoded > 18
