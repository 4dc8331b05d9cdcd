"""Single frames of a sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_model.structures import VideoSegment
from mot_platform.errors import MediaError, VideoDecodeError
from mot_platform.video import picked_frames
from mot_platform.video.decoding import DecodedFrame, read_frames
from mot_platform.video.index import probe
from mot_platform.video.picked_frames import frames_beside, read_picked
from mot_platform.video.segments import segment_of

MakeVideo = Callable[..., Path]


def write_images(folder: Path, values: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    for name, value in values.items():
        assert cv2.imwrite(str(folder / name), np.full((32, 48, 3), value, np.uint8))


def values(source: Path, wanted: list[int]) -> dict[int, int]:
    """Return the grey level of each wanted frame."""
    picked = read_picked(str(source), wanted)
    return {one.frame_index: int(one.frame.to_ndarray(format="gray")[0, 0]) for one in picked}


@pytest.mark.parametrize("name", ["a.mp4", "a.avi"], ids=["sought", "from the start"])
def test_picked_frames_of_a_video_are_those_of_the_whole(make_video: MakeVideo, name: str) -> None:
    uri = str(make_video(name, num_frames=48, gop=12))
    whole = [one.frame.to_ndarray(format="rgb24") for one in read_frames(segment_of(probe(uri), 0, 48))]
    picked = list(read_picked(uri, [40, 3, 13, 14, 3]))
    assert [one.frame_index for one in picked] == [3, 13, 14, 40]
    for one in picked:
        np.testing.assert_array_equal(one.frame.to_ndarray(format="rgb24"), whole[one.frame_index])


def test_only_the_keyframes_own_frames_are_decoded(
    make_video: MakeVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []

    def noted(segment: VideoSegment, *, num_threads: int) -> Iterator[DecodedFrame]:
        for one in read_frames(segment, num_threads=num_threads):
            decoded.append(one.frame_index)
            yield one

    monkeypatch.setattr(picked_frames, "read_frames", noted)
    uri = str(make_video(num_frames=48, gop=12))
    assert [one.frame_index for one in read_picked(uri, [26, 38])] == [26, 38]
    assert decoded == [24, 25, 26, 36, 37, 38]


def test_a_frame_beyond_the_video_is_an_error(make_video: MakeVideo) -> None:
    with pytest.raises(VideoDecodeError, match="at frame 48: the video has 48 frames"):
        list(read_picked(str(make_video(num_frames=48)), [48]))


@pytest.mark.parametrize(
    ("names", "first"),
    [
        pytest.param(("000001.jpg", "000002.jpg", "000010.jpg"), {0: 10, 1: 20, 9: 30}, id="from 1, a gap"),
        pytest.param(("0.png", "1.png", "2.png"), {0: 10, 1: 20, 2: 30}, id="from 0"),
        pytest.param(("a9.png", "a10.png", "a11.png"), {0: 10, 1: 20, 2: 30}, id="by natural order"),
    ],
)
def test_images_are_found_by_number_or_else_by_order(
    tmp_path: Path, names: tuple[str, ...], first: dict[int, int]
) -> None:
    write_images(tmp_path / "img1", dict(zip(names, (10, 20, 30), strict=True)))
    assert values(tmp_path / "img1", list(first)) == first


def test_an_image_that_is_missing_is_an_error(tmp_path: Path) -> None:
    write_images(tmp_path / "img1", {"000001.jpg": 1, "000003.jpg": 1})
    with pytest.raises(MediaError, match="at frame 1: there is no image of it"):
        values(tmp_path / "img1", [0, 1])


def test_pictures_lie_in_the_image_folder_or_else_in_the_video(tmp_path: Path) -> None:
    sequence = tmp_path / "MOT-1"
    sequence.mkdir()
    assert frames_beside(sequence) is None
    assert frames_beside(tmp_path / "nowhere") is None
    for name in ("MOT-1.txt", "MOT-1.mp4", "other.mp4"):
        (sequence / name).touch()
    assert frames_beside(sequence) == str(sequence / "MOT-1.mp4")
    write_images(sequence / "frames", {"1.png": 1})
    (sequence / "seqinfo.ini").write_text("[Sequence]\nimDir=frames\n")
    assert frames_beside(sequence) == str(sequence / "frames")
