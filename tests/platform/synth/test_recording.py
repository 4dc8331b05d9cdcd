from pathlib import Path

import av
import numpy as np

from mot_platform.formats.motchallenge import read_mot, read_seqinfo
from mot_platform.synth.recording import Encoding, record_video
from mot_platform.synth.rendering import PersonRow, RenderedFrame


def _frame(visibility: float) -> RenderedFrame:
    row = PersonRow(
        track_id=1,
        full_xyxy=(-10.0, 4.0, 20.0, 60.0),
        visible_xyxy=(0.0, 4.0, 20.0, 60.0),
        visibility=visibility,
        action_ids=(12, 69),
    )
    blank = np.zeros((64, 96, 3), np.uint8)
    return RenderedFrame(pixels=blank, rows=(row,), owner=blank[..., 0])


def _record(folder: Path, visibilities: list[float]) -> Path:
    encoding = Encoding(size_wh=(96, 64), frame_rate_hz=12.5, crf=30, keyframe_interval_frames=12)
    record_video(folder, [_frame(v) for v in visibilities], video="clip", encoding=encoding)
    return folder


def test_video_and_texts_agree_on_length_and_rate(tmp_path: Path) -> None:
    _record(tmp_path, [1.0] * 20)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    info = read_seqinfo(tmp_path / "seqinfo.ini")
    assert len(times) == info.num_frames == 20
    np.testing.assert_allclose(np.sort(times), np.arange(20) / info.frame_rate_hz, atol=1e-4)


def test_full_box_leaves_the_image_and_the_visible_one_does_not(tmp_path: Path) -> None:
    _record(tmp_path, [0.5])
    assert read_mot(tmp_path / "gt/gt.txt").xyxy.tolist() == [[-10, 4, 20, 60]]
    assert read_mot(tmp_path / "gt/visible.txt").xyxy.tolist() == [[0, 4, 20, 60]]
    lines = (tmp_path / "gt/ava.csv").read_text().splitlines()
    assert [line.split(",")[0:3] + line.split(",")[6:] for line in lines] == [
        ["clip", "0.0000", "0.000000", "12", "1"],
        ["clip", "0.0000", "0.000000", "69", "1"],
    ]


def test_rows_of_somebody_hidden_for_long_are_left_out(tmp_path: Path) -> None:
    hidden_short, hidden_long = [0.0] * 5, [0.0] * 20
    _record(tmp_path, [1.0, *hidden_short, 1.0, *hidden_long, 0.2])
    frames = read_mot(tmp_path / "gt/gt.txt").frame_index.tolist()
    assert frames == [0, 1, 2, 3, 4, 5, 6, 27]


def test_scene_without_people_gives_empty_files(tmp_path: Path) -> None:
    blank = np.zeros((64, 96, 3), np.uint8)
    empty = RenderedFrame(pixels=blank, rows=(), owner=blank[..., 0])
    encoding = Encoding(size_wh=(96, 64), frame_rate_hz=12.5, crf=30, keyframe_interval_frames=12)
    record_video(tmp_path, [empty] * 3, video="clip", encoding=encoding)
    assert len(read_mot(tmp_path / "gt/gt.txt")) == 0
