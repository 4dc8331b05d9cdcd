"""Pieces decode to the very bits of the whole, and the whole to what PyAV gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest

from mot_model.structures import Array, FrameBatch, VideoSegment
from mot_platform.errors import MediaError, MediaOpenError, VideoDecodeError
from mot_platform.video.decoding import decode_segment
from mot_platform.video.frame_reader import VideoReader, keyframes_of
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.scaling import FrameScaler
from mot_platform.video.segments import plan_segments

MakeVideo = Callable[..., Path]
SIZE_WH = (48, 32)


@dataclass
class Decoded:
    frame_index: Array
    time_s: Array
    pixels: Array
    error: MediaError | None


def collect(batches: Iterator[FrameBatch]) -> Decoded:
    parts: list[FrameBatch] = []
    error: MediaError | None = None
    try:
        parts.extend(batches)
    except MediaError as caught:
        error = caught
    return Decoded(
        np.concatenate([b.frame_index for b in parts]),
        np.concatenate([b.time_s for b in parts]),
        np.concatenate([b.pixels for b in parts]),
        error,
    )


def decode(segment: VideoSegment, *, batch_frames: int = 7, num_threads: int = 1) -> Decoded:
    return collect(
        decode_segment(segment, size_wh=SIZE_WH, batch_frames=batch_frames, num_threads=num_threads)
    )


def plan(path: Path, segment_s: float = 1e9, warmup_frames: int = 3) -> list[VideoSegment]:
    return plan_segments(probe(str(path)), video="v", segment_s=segment_s, warmup_frames=warmup_frames)


def plain(path: Path) -> list[Array]:
    """Return what PyAV gives, and nothing else, as far as it gets."""
    scale = FrameScaler(SIZE_WH)
    frames: list[Array] = []
    with av.open(str(path)) as container, suppress(av.FFmpegError):
        container.streams.video[0].thread_type = "NONE"
        frames.extend(scale(frame) for frame in container.decode(video=0))
    return frames


def assert_pieces_equal_whole(whole: Decoded, segments: list[VideoSegment]) -> None:
    for segment in segments:
        piece = decode(segment)
        first = segment.start_frame - segment.warmup_frames
        wanted = (whole.frame_index >= first) & (whole.frame_index < segment.stop_frame)
        np.testing.assert_array_equal(piece.frame_index, whole.frame_index[wanted])
        np.testing.assert_array_equal(piece.time_s, whole.time_s[wanted])
        np.testing.assert_array_equal(piece.pixels, whole.pixels[wanted])


X264_B = {"x264-params": "keyint=12:scenecut=0:bframes=3"}
X264_PYRAMID = {"x264-params": "keyint=12:scenecut=0:bframes=8:b-pyramid=normal"}
X264_OPEN = {"x264-params": "keyint=12:scenecut=0:bframes=3:open-gop=1"}
X264_REFRESH = {"x264-params": "keyint=12:intra-refresh=1:bframes=0"}
X265_OPEN = {"x265-params": "keyint=12:min-keyint=12:bframes=3:open-gop=1:log-level=none"}
VPX = {"auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "good", "cpu-used": "8"}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


@pytest.mark.parametrize(
    ("name", "settings", "num_segments"),
    [
        pytest.param("a.mp4", {"options": X264_B}, 4, id="h264 mp4"),
        pytest.param("a.mp4", {"options": X264_B, "container_options": FRAGMENTS}, 4, id="fragmented mp4"),
        pytest.param("a.mkv", {"options": X264_PYRAMID}, 4, id="h264 pyramid mkv"),
        pytest.param("a.ts", {"options": X264_B}, 4, id="h264 ts"),
        pytest.param("a.mp4", {"options": X264_OPEN}, 1, id="h264 open groups"),
        pytest.param("a.mp4", {"options": X264_REFRESH}, 1, id="h264 intra refresh"),
        pytest.param("a.mp4", {"codec": "libx265", "options": X265_OPEN}, 4, id="hevc open groups"),
        pytest.param("a.webm", {"codec": "libvpx", "options": VPX}, 4, id="vp8 hidden frames"),
        pytest.param("a.webm", {"codec": "libvpx-vp9", "options": VPX}, 4, id="vp9"),
        pytest.param("a.mp4", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}, 6, id="mjpeg"),
        pytest.param("a.avi", {"options": X264_B}, 1, id="h264 avi"),
        pytest.param("a.avi", {"codec": "mpeg4", "options": {"bf": "2"}}, 1, id="mpeg4 avi"),
        pytest.param("a.h264", {"options": X264_B}, 1, id="raw h264"),
    ],
)
def test_pieces_have_the_bits_of_the_whole_and_the_whole_those_of_plain_decoding(
    make_video: MakeVideo, name: str, settings: dict[str, object], num_segments: int
) -> None:
    path = make_video(name, **settings)
    segments = plan(path, segment_s=0.3)
    assert len(segments) == num_segments
    whole = decode(plan(path)[0])
    assert_pieces_equal_whole(whole, segments)
    assert whole.error is None
    assert whole.frame_index.tolist() == list(range(48))
    np.testing.assert_allclose(whole.time_s - whole.time_s[0], np.arange(48) / 25, atol=1e-3)
    np.testing.assert_array_equal(whole.pixels, np.stack(plain(path)))


def test_times_are_the_containers_own(make_video: MakeVideo) -> None:
    pts = (np.cumsum(np.random.default_rng(0).integers(1, 9, 48)) + 100).tolist()
    path = make_video("a.mkv", pts=pts, options=X264_B)
    whole = decode(plan(path)[0])
    np.testing.assert_allclose(whole.time_s, np.array(pts) / 25, atol=1e-3)
    assert_pieces_equal_whole(whole, plan(path, segment_s=0.5))


@pytest.mark.parametrize("num_threads", [2, 4])
def test_threads_and_batch_size_change_nothing(make_video: MakeVideo, num_threads: int) -> None:
    segment = plan(make_video(options=X264_PYRAMID))[0]
    one = decode(segment)
    many = decode(segment, batch_frames=100, num_threads=num_threads)
    np.testing.assert_array_equal(one.pixels, many.pixels)
    np.testing.assert_array_equal(one.time_s, many.time_s)


def test_frames_are_turned_for_display_after_scaling(make_video: MakeVideo) -> None:
    def corner(index: int, width: int, height: int) -> Array:
        pixels = np.zeros((height, width, 3), np.uint8)
        pixels[: height // 2, : width // 2] = 255
        return pixels

    segment = plan(make_video(rotation=-90, num_frames=2, draw=corner))[0]
    (batch,) = decode_segment(segment, size_wh=(32, 48))
    assert batch.pixels.shape == (2, 48, 32, 3)
    assert batch.pixels[:, :20, 20:].min() > 220  # clockwise: the top-left corner is now top right
    assert batch.pixels[:, 28:].max() < 30


def test_a_change_of_size_inside_the_video_is_scaled_to_one(make_video: MakeVideo) -> None:
    path = make_video("a.ts", num_frames=12)
    other = make_video("b.ts", num_frames=12, size_wh=(160, 96), gop=6)
    path.write_bytes(path.read_bytes() + other.read_bytes())
    whole = decode(plan(path, segment_s=0.1)[0])
    assert whole.frame_index.tolist() == list(range(24))
    assert (np.diff(whole.time_s) > 0).all()  # the second part starts again at its own beginning


def without_packets(path: Path, dropped: set[int]) -> Path:
    """Return a copy of `path` that lacks packets, as a recorder leaves after network trouble."""
    out = path.with_name(f"lossy{path.suffix}")
    with av.open(str(path)) as container, av.open(str(out), "w") as output:
        stream = output.add_stream_from_template(container.streams.video[0])
        for number, packet in enumerate(container.demux(video=0)):
            if packet.dts is not None and number not in dropped:
                packet.stream = stream
                output.mux(packet)
    return out


def test_lost_packets_are_concealed_alike_in_pieces_and_whole(make_video: MakeVideo) -> None:
    path = without_packets(make_video(options=X264_B), {26, 27})
    segments = plan(path, segment_s=0.3)
    assert len(segments) > 2
    assert_pieces_equal_whole(decode(plan(path)[0]), segments)


def test_frames_before_the_first_keyframe_do_not_exist(make_video: MakeVideo) -> None:
    path = without_packets(make_video("a.ts", options=X264_B), {0})
    whole = decode(plan(path)[0])
    assert whole.frame_index.tolist() == list(range(len(plain(path))))


def test_a_damaged_picture_ends_decoding_with_its_index(make_video: MakeVideo) -> None:
    path = make_video("a.mkv", options={"x264-params": "keyint=12:scenecut=0:bframes=0"})
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][30]
        start, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    at = data.index(bytes(packet), start)
    data[at + 4 : at + size] = b"\xff" * (size - 4)
    path.write_bytes(bytes(data))
    whole = decode(plan(path)[0], batch_frames=8)
    assert len(whole.frame_index) == 30
    assert isinstance(whole.error, VideoDecodeError)
    assert (whole.error.frame_index, whole.error.retriable, whole.error.stage) == (30, False, "decode")
    last = decode(plan(path, segment_s=0.3)[-1])
    assert last.error is None  # starts after the damage
    hit = decode(plan(path, segment_s=0.3)[2])
    assert isinstance(hit.error, VideoDecodeError)
    assert hit.error.frame_index == 30


@pytest.mark.parametrize("change", [{"start_pts": 12345}, {"stop_frame": 999, "stop_pts": None}])
def test_a_seek_that_disappoints_falls_back_to_the_whole_file(
    make_video: MakeVideo, change: dict[str, int | None]
) -> None:
    path = make_video(options=X264_B)
    segment = replace(plan(path, segment_s=0.3)[1], **change)
    whole, piece = decode(plan(path)[0]), decode(segment)
    assert (np.diff(piece.frame_index) == 1).all()
    np.testing.assert_array_equal(piece.pixels, whole.pixels[piece.frame_index])


def test_senseless_arguments_and_vanished_files_are_refused(make_video: MakeVideo) -> None:
    path = make_video(num_frames=2)
    (segment,) = plan(path)
    with pytest.raises(ValueError, match="batch_frames"):
        next(decode_segment(segment, size_wh=SIZE_WH, batch_frames=0))
    path.unlink()
    with pytest.raises(MediaOpenError):
        next(decode_segment(segment, size_wh=SIZE_WH))


@pytest.mark.real_data
def test_the_corrupt_file_gives_28_frames_and_then_says_so(shared_data: Path) -> None:
    whole = decode(plan(shared_data / "videos" / "decord_corrupted.mp4")[0])
    assert whole.frame_index.tolist() == list(range(28))
    assert isinstance(whole.error, VideoDecodeError)
    assert whole.error.frame_index == 28
    assert "Invalid data" in whole.error.reason


# The larger files take seconds each and repeat what these show.
LARGE = 600_000


@pytest.mark.real_data
def test_real_files_decode_as_plain_decoding_does_whole_and_in_parts(shared_data: Path) -> None:
    for path in sorted((shared_data / "videos").iterdir()):
        if path.stat().st_size > LARGE:
            continue
        index = probe(str(path))
        whole, expected = decode(plan(path)[0]), plain(path)
        assert len(whole.frame_index) == len(expected), path.name
        assert whole.error is not None or index.num_frames == len(expected), path.name
        assert all((a == b).all() for a, b in zip(whole.pixels, expected, strict=True)), path.name
        assert (np.diff(whole.time_s) > 0).all(), path.name
        if index.seekable:
            np.testing.assert_array_equal(whole.time_s, plain_times_s(path), err_msg=path.name)
        segments = plan(path, segment_s=0.5)
        if len(segments) > 1:
            assert_pieces_equal_whole(whole, [segments[len(segments) // 2]])
        assert_clips_equal_whole(index, expected)


def plain_times_s(path: Path) -> list[float]:
    """Return the times that PyAV gives, as far as it gets."""
    times: list[float] = []
    with av.open(str(path)) as container, suppress(av.FFmpegError):
        times.extend(float(frame.pts * frame.time_base) for frame in container.decode(video=0))
    return times


def assert_clips_equal_whole(index: VideoIndex, expected: list[Array]) -> None:
    """Compare clips as training reads them: on either side of the last keyframe, then back in the middle."""
    reader = VideoReader(index, size_wh=SIZE_WH)
    last, middle = int(keyframes_of(index)[-1]), len(expected) // 2
    for frames in (range(last - 2, last + 3), range(middle, middle + 9, 3)):
        wanted = [frame for frame in frames if 0 <= frame < len(expected)]
        for frame, pixels in reader.read(wanted).items():
            np.testing.assert_array_equal(pixels, expected[frame], err_msg=f"{index.uri} {frame}")
    reader.close()
