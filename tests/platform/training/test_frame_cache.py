"""The cache gives the frames that decoding gives, within its memory."""

from __future__ import annotations

import resource
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_model.structures import Array
from mot_platform.corpus import read_corpus
from mot_platform.datasets.source import IMAGES_CODEC
from mot_platform.training.frame_cache import MAX_OPEN_VIDEOS, FrameCache
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.segments import segment_of

INPUT_WH = (160, 96)
ONE_VIDEO_MIB = 20 * 160 * 96 * 3 / 2**20


@pytest.fixture(scope="module")
def videos(tiny_corpus: Path) -> list[VideoIndex]:
    """Return three videos of 20 frames."""
    return [probe(video.uri) for video in read_corpus(tiny_corpus)]


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def whole(facts: VideoIndex) -> Array:
    (batch,) = decode_segment(segment_of(facts, 0, 20), size_wh=INPUT_WH, batch_frames=20)
    return batch.pixels


@pytest.mark.parametrize("capacity_mib", [0, 100], ids=["decoded each time", "kept"])
def test_frames_are_those_of_the_whole_video_in_the_order_asked_for(
    videos: list[VideoIndex], capacity_mib: float
) -> None:
    expected = whole(videos[0])
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=capacity_mib)
    for frames in ([0, 1, 2, 3], [13, 14, 15, 16], [9, 7, 5, 3], [2, 8, 14], [5, 5]):
        pixels = cache.read(videos[0], np.array(frames))
        np.testing.assert_array_equal(pixels, expected[frames])


def test_frames_beyond_the_end_are_absent(videos: list[VideoIndex]) -> None:
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=0)
    np.testing.assert_array_equal(cache.read(videos[0], np.arange(18, 26)), whole(videos[0])[18:])
    assert cache.read(videos[0], np.arange(20, 24)).shape == (0, 96, 160, 3)


def test_memory_stays_within_the_capacity(videos: list[VideoIndex]) -> None:
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=ONE_VIDEO_MIB * 2.5)
    for facts in videos:
        assert len(cache.read(facts, np.arange(4))) == 4
    assert sum(kept.nbytes for kept in cache._kept.values()) == int(ONE_VIDEO_MIB * 2 * 2**20)


def test_images_of_a_folder_are_frames(tmp_path: Path, videos: list[VideoIndex]) -> None:
    for number in range(1, 7):
        cv2.imwrite(str(tmp_path / f"{number:06d}.png"), np.full((96, 160, 3), 30 * number, np.uint8))
    pts = np.arange(6)
    facts = replace(
        videos[0], uri=str(tmp_path), codec=IMAGES_CODEC, num_frames=6, pts=pts, keyframe_pts=pts,
        time_base=Fraction(1, 10),
    )  # fmt: skip
    for capacity_mib in (0, 10):
        cache = FrameCache(input_wh=INPUT_WH, capacity_mib=capacity_mib)
        pixels = cache.read(facts, np.array([5, 3, 1, 7]))
        assert pixels[:, 0, 0, 0].tolist() == [180, 120, 60]


def test_hundreds_of_clips_leave_neither_memory_nor_files_behind(
    videos: list[VideoIndex], tmp_path: Path
) -> None:
    copies = []
    for number in range(MAX_OPEN_VIDEOS + 3):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(Path(videos[0].uri).read_bytes())
        copies.append(replace(videos[0], uri=str(path)))
    cache = FrameCache(input_wh=INPUT_WH, capacity_mib=0)
    random = np.random.default_rng(0)

    def read(num_clips: int) -> None:
        for _ in range(num_clips):
            cache.read(copies[random.integers(len(copies))], random.integers(16) + np.arange(4))

    read(50)
    before_bytes = resident_bytes()
    read(150)
    assert resident_bytes() - before_bytes < 20 * 2**20  # a leaked decoder takes MBs
    held = [link.resolve().parent for link in Path("/proc/self/fd").iterdir()]
    assert held.count(tmp_path) == MAX_OPEN_VIDEOS
