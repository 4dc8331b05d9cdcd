"""What the index says of a file is what decoding it shows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mot_platform.errors import MediaError, NotAVideoError
from mot_platform.video.index import probe

MakeVideo = Callable[..., Path]

REAL_VIDEOS = {
    "decord_corrupted.mp4": ("h264", 50, (1280, 720), 0),
    "decord_video_180.mov": ("h264", 3, (568, 320), 180),
    "decord_video_90.mov": ("h264", 3, (320, 568), 90),
    "lamminhthien_vtest.avi": ("h264", 341, (1280, 720), 0),
    "mediabunny_frames.webm": ("vp9", 100, (1080, 1080), 0),
    "mediabunny_rotate-buck-bunny.mp4": ("h264", 45, (1080, 1920), 90),
    "mediabunny_sar_2x1.mp4": ("h264", 150, (1280, 360), 0),
    "mediabunny_video-h265.mp4": ("hevc", 300, (1920, 1080), 0),
    "opencv_tree_cinepak.avi": ("cinepak", 68, (320, 240), 0),
    "torchcodec_av1_video.mkv": ("av1", 125, (640, 360), 0),
    "torchcodec_nasa_13013.mp4": ("h264", 325, (320, 180), 0),
}


def test_index_of_a_plain_file(make_video: MakeVideo) -> None:
    index = probe(str(make_video(options={"x264-params": "keyint=12:scenecut=0:bframes=3"})))
    assert (index.codec, index.num_frames, index.size_wh, index.rotation) == ("h264", 48, (96, 64), 0)
    assert index.seekable
    times = index.pts * float(index.time_base)
    np.testing.assert_allclose(times, np.arange(48) / 25, atol=1e-9)
    assert np.searchsorted(index.pts, index.keyframe_pts).tolist() == [0, 12, 24, 36]
    assert index.duration_s == pytest.approx(48 / 25)
    assert index.frame_rate_hz == pytest.approx(25)


@pytest.mark.parametrize(
    ("counterclockwise", "rotation", "size_wh"), [(90, 270, (64, 96)), (-180, 180, (96, 64))]
)
def test_size_is_the_displayed_one(
    make_video: MakeVideo, counterclockwise: int, rotation: int, size_wh: tuple[int, int]
) -> None:
    index = probe(str(make_video(rotation=counterclockwise, num_frames=3)))
    assert (index.rotation, index.size_wh) == (rotation, size_wh)


def test_pixels_that_are_not_square_widen_the_frame(make_video: MakeVideo) -> None:
    assert probe(str(make_video(aspect=Fraction(4, 3), num_frames=3))).size_wh == (128, 64)


def test_variable_frame_rate_keeps_its_timestamps(make_video: MakeVideo) -> None:
    pts = np.cumsum(np.random.default_rng(0).integers(1, 9, 48)).tolist()
    index = probe(str(make_video("a.mkv", pts=pts)))
    np.testing.assert_allclose(index.pts * float(index.time_base), np.array(pts) / 25, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.avi", "avi"), ("a.h264", "h264")],
)
def test_containers_without_presentation_times_are_not_seekable(
    make_video: MakeVideo, name: str, reason: str
) -> None:
    index = probe(str(make_video(name, options={"bf": "3"})))
    assert (index.seekable, index.num_frames, len(index.pts), len(index.keyframe_pts)) == (False, 48, 48, 0)
    assert reason in index.not_seekable_reason


def test_open_groups_leave_the_first_keyframe_only(make_video: MakeVideo) -> None:
    path = make_video(options={"x264-params": "keyint=12:scenecut=0:bframes=3:open-gop=1"})
    assert len(probe(str(path)).keyframe_pts) == 1


def test_timestamps_that_start_again_are_not_seekable(make_video: MakeVideo) -> None:
    path = make_video("a.ts", num_frames=12)
    path.write_bytes(path.read_bytes() * 2)
    index = probe(str(path))
    assert (index.num_frames, index.seekable) == (24, False)
    assert "twice" in index.not_seekable_reason


def test_a_video_that_lost_its_first_keyframe_is_not_seekable(make_video: MakeVideo) -> None:
    path = make_video("a.ts")
    path.write_bytes(path.read_bytes()[188 * 12 :])
    assert not probe(str(path)).seekable


def test_a_header_without_frames_is_not_a_video(make_video: MakeVideo) -> None:
    path = make_video("a.mkv", num_frames=2)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # where the first cluster begins
    with pytest.raises(MediaError) as caught:
        probe(str(path))
    assert isinstance(caught.value, NotAVideoError)
    assert not caught.value.retriable


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL_VIDEOS)
def test_real_files_are_measured_right(shared_data: Path, name: str) -> None:
    index = probe(str(shared_data / "videos" / name))
    assert (index.codec, index.num_frames, index.size_wh, index.rotation) == REAL_VIDEOS[name]
