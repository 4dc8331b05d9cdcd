"""Whatever is watched comes as single frames at two sizes, decoded once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_platform.errors import InputError, MediaOpenError, NotAVideoError, VideoDecodeError
from mot_platform.formats.motchallenge import SequenceInfo, write_seqinfo
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import probe
from mot_platform.video.segments import plan_segments
from mot_platform.video.sources import open_source

MakeVideo = Callable[..., Path]


def write_images(folder: Path, values: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    for name, value in values.items():
        assert cv2.imwrite(str(folder / name), np.full((32, 48, 3), value, np.uint8))


def test_a_file_gives_the_frames_that_labelling_gives(make_video: MakeVideo) -> None:
    path = make_video()
    (segment,) = plan_segments(probe(str(path)), video="v", segment_s=1e9, warmup_frames=0)
    expected = list(decode_segment(segment, size_wh=(48, 32), batch_frames=1))
    with closing(open_source(str(path))) as source:
        assert (source.name, source.size_wh, source.num_frames) == ("a.mp4", (96, 64), 48)
        assert source.frame_rate_hz == pytest.approx(25)
        frames = list(source.frames(size_wh=(48, 32), full=True))
    assert len(frames) == len(expected)
    for frame, batch in zip(frames, expected, strict=True):
        np.testing.assert_array_equal(frame.batch.pixels, batch.pixels)
        np.testing.assert_array_equal(frame.batch.frame_index, batch.frame_index)
        np.testing.assert_array_equal(frame.batch.time_s, batch.time_s)
        assert frame.full is not None
        assert frame.full.shape == (64, 96, 3)


def test_full_pixels_are_left_out_unless_asked_for(make_video: MakeVideo) -> None:
    with closing(open_source(str(make_video(num_frames=2)))) as source:
        assert all(frame.full is None for frame in source.frames(size_wh=(48, 32)))


def test_images_come_in_natural_order_at_the_given_rate(tmp_path: Path) -> None:
    write_images(tmp_path / "walk", {"10.png": 100, "9.png": 90, "1.png": 10})
    (tmp_path / "walk" / "notes.txt").write_text("not an image")
    with closing(open_source(str(tmp_path / "walk"), frame_rate_hz=10)) as source:
        assert (source.name, source.size_wh, source.num_frames) == ("walk", (48, 32), 3)
        frames = list(source.frames(size_wh=(24, 16), full=True))
    assert [int(frame.batch.pixels[0, 0, 0, 0]) for frame in frames] == [10, 90, 100]
    assert [float(frame.batch.time_s[0]) for frame in frames] == pytest.approx([0, 0.1, 0.2])


def test_a_motchallenge_sequence_is_a_source_with_its_own_rate(tmp_path: Path) -> None:
    write_images(tmp_path / "MOT-1" / "img1", {"000001.jpg": 50})
    info = SequenceInfo(name="MOT-1", frame_rate_hz=14, num_frames=1, width_px=48, height_px=32)
    write_seqinfo(tmp_path / "MOT-1" / "seqinfo.ini", info)
    with closing(open_source(str(tmp_path / "MOT-1"))) as source:
        assert (source.name, source.frame_rate_hz) == ("MOT-1", 14)


def test_a_broken_image_names_itself(tmp_path: Path) -> None:
    write_images(tmp_path / "a", {"1.png": 1})
    (tmp_path / "a" / "2.png").write_text("no image")
    with closing(open_source(str(tmp_path / "a"))) as source, pytest.raises(VideoDecodeError) as caught:
        list(source.frames(size_wh=(24, 16)))
    assert caught.value.frame_index == 1
    assert "2.png" in caught.value.uri


def test_sources_that_do_not_exist_say_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mp4").write_text("hello " * 100)
    with pytest.raises(InputError, match="no such file"):
        open_source(str(tmp_path / "nothing.mp4"))
    with pytest.raises(InputError, match="no images"):
        open_source(str(tmp_path / "empty"))
    with pytest.raises(NotAVideoError):
        open_source(str(tmp_path / "text.mp4"))
    with pytest.raises(MediaOpenError, match="webcam 97"):
        open_source("97")


def test_a_network_stream_is_a_source(make_video: MakeVideo) -> None:
    data = make_video("a.ts", num_frames=10).read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(data)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        with closing(open_source(f"tcp://127.0.0.1:{server.getsockname()[1]}")) as source:
            assert (source.size_wh, source.num_frames) == ((96, 64), None)
            frame = next(source.frames(size_wh=(48, 32), full=True))
        thread.join(timeout=5)
    assert frame.batch.pixels.shape == (1, 32, 48, 3)
    assert frame.full is not None
    assert frame.full.shape == (64, 96, 3)
