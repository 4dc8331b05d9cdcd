"""The cache gives the frames that decoding gives, within its memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.corpus import read_corpus
from mot_platform.training.frame_cache import FrameCache
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import probe
from mot_platform.video.segments import segment_of

INPUT_WH = (160, 96)


@pytest.mark.parametrize("capacity_mib", [0, 100], ids=["decoded each time", "kept"])
def test_frames_are_those_of_the_whole_video(tiny_corpus: Path, capacity_mib: float) -> None:
    uri = read_corpus(tiny_corpus)[0].uri
    (whole,) = decode_segment(segment_of(probe(uri), 0, 20), size_wh=INPUT_WH, batch_frames=20)
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=capacity_mib)
    for start in (0, 13, 18):
        np.testing.assert_array_equal(cache.read(uri, start, 4), whole.pixels[start : start + 4])


def test_memory_stays_within_the_capacity(tiny_corpus: Path) -> None:
    uris = [video.uri for video in read_corpus(tiny_corpus)]
    one_video_mib = 20 * 160 * 96 * 3 / 2**20
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=one_video_mib * 2.5)
    for uri in uris:
        assert len(cache.read(uri, 0, 4)) == 4
    assert len(cache._kept) == 2
