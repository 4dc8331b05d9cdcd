"""What is written plays back, with its times; and nothing half-done is left."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.video.index import probe
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.writer import VideoWriter


def flat(width: int, height: int, value: int) -> np.ndarray:
    return np.full((height, width, 3), (value, 80, 200 - value), np.uint8)


def test_frames_come_back_in_order_and_colour(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, (64, 48), 25) as writer:
        for value in range(0, 200, 20):
            writer.write(flat(64, 48, value))
        assert not path.exists()
    index = probe(str(path))
    assert (index.codec, index.num_frames, index.size_wh) == ("h264", 10, (64, 48))
    assert index.frame_rate_hz == pytest.approx(25)
    with av.open(str(path)) as container:
        scale = FrameScaler((64, 48))
        for number, frame in enumerate(container.decode(video=0)):
            assert frame.format.name == "yuv420p"
            assert np.abs(scale(frame).astype(int) - flat(64, 48, number * 20)).max() <= 8


def test_times_are_kept_from_the_first_frame_on(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, (64, 48), 25) as writer:
        for time_s in (10.0, 10.5, 10.52, 10.52, 12.0):
            writer.write(flat(64, 48, 9), time_s)
    index = probe(str(path))
    times = (index.pts - index.pts[0]) * float(index.time_base)
    np.testing.assert_allclose(times, [0, 0.5, 0.52, 0.52, 2.0], atol=1e-3)
    assert (np.diff(index.pts) > 0).all()


def test_odd_sizes_grow_by_a_repeated_edge(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", (63, 47), 25) as writer:
        writer.write(flat(63, 47, 100))
    with av.open(str(tmp_path / "a.mp4")) as container:
        pixels = FrameScaler((64, 48))(next(container.decode(video=0)))
    assert np.abs(pixels.astype(int) - flat(64, 48, 100)).max() <= 8


def test_an_error_leaves_no_file_and_keeps_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("old")
    writer = VideoWriter(path, (64, 48), 25)

    def fail() -> None:
        with writer:
            writer.write(flat(64, 48, 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_frames_make_no_file(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", (64, 48), 25):
        pass
    assert list(tmp_path.iterdir()) == []


def test_frames_of_another_size_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="frame must be"),
        VideoWriter(tmp_path / "a.mp4", (64, 48), 25) as writer,
    ):
        writer.write(flat(48, 64, 1))
    with pytest.raises(ValueError, match="positive"):
        VideoWriter(tmp_path / "a.mp4", (64, 48), 0)
