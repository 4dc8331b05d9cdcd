"""Frames read in any order are those of plain decoding, with no more decoding than that takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from mot_model.structures import Array
from mot_platform.errors import VideoDecodeError
from mot_platform.video import frame_reader
from mot_platform.video.frame_reader import ImageFolderReader, VideoReader, keyframes_of
from mot_platform.video.index import probe
from mot_platform.video.scaling import FrameScaler

MakeVideo = Callable[..., Path]
SIZE_WH = (48, 32)
X264_PYRAMID = {"x264-params": "keyint=12:scenecut=0:bframes=5:b-pyramid=normal"}
X265_OPEN = {"x265-params": "keyint=12:min-keyint=12:bframes=3:open-gop=1:log-level=none"}
READINGS = [
    pytest.param([range(0, 8), range(8, 16), range(16, 24)], id="one after the other"),
    pytest.param([range(14, 22), range(18, 26), range(20, 28)], id="overlapping"),
    pytest.param([range(30, 38), range(3, 11), range(40, 48)], id="back and forth"),
    pytest.param([range(1, 33, 4), range(10, 42, 4), range(3, 48, 11)], id="strided"),
    pytest.param([range(11, 13), range(23, 25), range(12, 13)], id="across keyframes"),
]


def plain(path: Path) -> list[Array]:
    """Return what PyAV gives, and nothing else."""
    scale = FrameScaler(SIZE_WH)
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "NONE"
        return [scale(frame) for frame in container.decode(video=0)]


@pytest.mark.parametrize("readings", READINGS)
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        pytest.param("a.mp4", {"options": X264_PYRAMID}, id="h264 mp4"),
        pytest.param("a.ts", {"options": X264_PYRAMID}, id="h264 ts"),
        pytest.param("a.mp4", {"codec": "libx265", "options": X265_OPEN}, id="hevc open groups"),
        pytest.param("a.avi", {"options": X264_PYRAMID}, id="sequential only"),
    ],
)
def test_every_reading_gives_the_bits_of_plain_decoding(
    make_video: MakeVideo, name: str, settings: dict[str, object], readings: list[range]
) -> None:
    path = make_video(name, **settings)
    whole = plain(path)
    reader = VideoReader(probe(str(path)), size_wh=SIZE_WH)
    for wanted in readings:
        found = reader.read(wanted)
        assert set(found) == set(wanted)
        for frame in wanted:
            np.testing.assert_array_equal(found[frame], whole[frame])
    reader.close()


def test_reading_on_decodes_nothing_twice_and_what_nobody_needs_never(
    make_video: MakeVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_video(options={"x264-params": "keyint=48:scenecut=0:bframes=3:b-adapt=0:b-pyramid=none"})
    decoded: list[int] = []
    read_frames = frame_reader.read_frames

    def counted(*args: object, **settings: object) -> object:
        for frame in read_frames(*args, **settings):  # type: ignore[arg-type]
            decoded.append(frame.frame_index)
            yield frame

    monkeypatch.setattr(frame_reader, "read_frames", counted)
    reader = VideoReader(probe(str(path)), size_wh=SIZE_WH)
    reader.read(range(20, 24))
    # Of the frames before, only each fourth is one that others refer to.
    assert len([frame for frame in decoded if frame < 20]) == 5
    assert decoded[-4:] == [20, 21, 22, 23]
    decoded.clear()
    reader.read(range(22, 28))
    assert decoded == [24, 25, 26, 27]
    reader.close()


def test_a_frame_that_does_not_decode_is_named_and_others_still_read(make_video: MakeVideo) -> None:
    path = make_video("a.mkv", options={"x264-params": "keyint=12:scenecut=0:bframes=0"})
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][30]
        start, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    at = data.index(bytes(packet), start)
    data[at + 4 : at + size] = b"\xff" * (size - 4)
    path.write_bytes(bytes(data))
    reader = VideoReader(probe(str(path)), size_wh=SIZE_WH)
    for _ in range(2):
        with pytest.raises(VideoDecodeError) as caught:
            reader.read([28, 33])
        assert caught.value.frame_index == 30
        assert len(reader.read(range(36, 44))) == 8
    reader.close()


def test_files_are_open_only_while_they_are_read(make_video: MakeVideo) -> None:
    path = make_video()
    reader = VideoReader(probe(str(path)), size_wh=SIZE_WH)

    def num_open() -> int:
        return sum(link.resolve() == path for link in Path("/proc/self/fd").iterdir())

    for start in (20, 3, 30, 7):
        reader.read(range(start, start + 4))
        assert num_open() == 1
    reader.close()
    assert num_open() == 0
    assert len(reader.read(range(4))) == 4
    reader.close()


def test_images_are_read_by_their_place_in_the_folder(tmp_path: Path) -> None:
    for number, grey in ((2, 20), (10, 100), (30, 200)):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((64, 96, 3), grey, np.uint8))
    reader = ImageFolderReader(tmp_path, size_wh=SIZE_WH)
    found = reader.read([0, 2])
    assert [int(found[frame].mean()) for frame in (0, 2)] == [20, 200]
    assert found[0].shape == (32, 48, 3)
    with pytest.raises(VideoDecodeError, match="no image"):
        reader.read([3])


def test_a_video_that_cannot_be_sought_in_has_one_keyframe(make_video: MakeVideo) -> None:
    assert keyframes_of(probe(str(make_video("a.avi")))).tolist() == [0]
    assert keyframes_of(probe(str(make_video()))).tolist() == [0, 12, 24, 36]
