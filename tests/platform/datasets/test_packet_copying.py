"""Copies of spans decode to the bits of the original, at its times, for every kind of group of pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.datasets.packet_copying import copy_span
from mot_platform.video.decoding import read_frames
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.segments import segment_of

X264 = "keyint=12:scenecut=0:bframes=3"
X265 = "keyint=12:scenecut=0:bframes=3:log-level=none:pools=none:frame-threads=1"


def write_video(path: Path, *, codec: str, options: dict[str, str], rotation: int = 0) -> VideoIndex:
    """Write 100 frames at 10 Hz that all differ."""
    y, x = np.mgrid[:48, :64]
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.gop_size = 12
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(100):
            picture = np.stack([x * 3 + number * 7, y * 5 + number * 3, x + y + number], axis=-1)
            frame = av.VideoFrame.from_ndarray((picture % 256).astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return probe(str(path))


def frames_of(index: VideoIndex) -> dict[int, np.ndarray]:
    """Return every frame by its time in milliseconds."""
    segment = segment_of(index, 0, index.num_frames)
    return {round(frame.time_s * 1000): frame.frame.to_ndarray() for frame in read_frames(segment)}


@pytest.mark.parametrize(
    ("name", "codec", "options", "latest_start_ms"),
    [
        pytest.param("a.mp4", "libx264", {"x264-params": X264}, 3600, id="h264 with B-frames"),
        pytest.param("a.mkv", "libx264", {"x264-params": X264}, 3600, id="h264 in mkv"),
        pytest.param("a.ts", "libx264", {"x264-params": X264}, 3800, id="h264 in a transport stream"),
        pytest.param(
            "a.mp4", "libx264", {"x264-params": f"{X264}:open-gop=1"}, 0, id="h264 with open groups"
        ),
        pytest.param("a.mp4", "libx265", {"x265-params": X265}, 3600, id="hevc with open groups"),
        pytest.param(
            "a.webm", "libvpx", {"auto-alt-ref": "1", "lag-in-frames": "10"}, 3600, id="vp8, hidden"
        ),
        pytest.param("a.webm", "libvpx-vp9", {"cpu-used": "8"}, 3600, id="vp9"),
    ],
)
def test_a_copy_has_the_bits_and_times_of_the_original(
    tmp_path, name, codec, options, latest_start_ms
) -> None:
    original = write_video(tmp_path / name, codec=codec, options=options)
    assert copy_span(original, tmp_path / "copy.mkv", start_s=4.0, stop_s=7.0, comment="c") == ""
    whole, copy = frames_of(original), frames_of(probe(str(tmp_path / "copy.mkv")))
    assert all(np.array_equal(frame, whole[time_ms]) for time_ms, frame in copy.items())
    assert min(copy) == latest_start_ms
    assert [ms for ms in whole if min(copy) <= ms <= max(copy)] == list(copy)
    assert 6900 <= max(copy) <= 8200  # to the end of a group at most


def test_a_copy_keeps_rotation(tmp_path) -> None:
    original = write_video(tmp_path / "a.mp4", codec="libx264", options={}, rotation=90)
    assert original.rotation != 0
    assert copy_span(original, tmp_path / "copy.mkv", start_s=0, stop_s=1, comment="c") == ""
    copy = probe(str(tmp_path / "copy.mkv"))
    assert (copy.rotation, copy.size_wh) == (original.rotation, original.size_wh)


def test_what_matroska_cannot_hold_says_so(tmp_path, monkeypatch) -> None:
    original = write_video(tmp_path / "a.mp4", codec="libx264", options={})
    refused = av.error.InvalidDataError(1, "no such codec")
    monkeypatch.setattr(av.container.OutputContainer, "mux", lambda *_: (_ for _ in ()).throw(refused))
    assert copy_span(original, tmp_path / "c.mkv", start_s=0, stop_s=1, comment="c")
