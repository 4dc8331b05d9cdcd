"""What is written of a tracked source."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.errors import InputError
from mot_platform.schema import Vocabulary
from mot_platform.serving.messages import tracks_of
from mot_platform.track_outputs import TrackOutputs, TrackRecorder
from mot_platform.video.sources import ImageFolderSource, SourceFrame

WORDS = Vocabulary(class_names=("person",), action_ids=(11,), action_names=("sit",))


@pytest.fixture
def source(tmp_path: Path) -> ImageFolderSource:
    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(3):
        cv2.imwrite(str(folder / f"{index}.png"), np.full((32, 48, 3), 80 * index, np.uint8))
    return ImageFolderSource(folder)


def one_track(frame: SourceFrame) -> Tracks:
    return Tracks(
        frame_index=frame.batch.frame_index.astype(np.int32),
        time_s=frame.batch.time_s,
        track_id=np.array([7], np.int32),
        class_id=np.array([0], np.int16),
        xyxy=np.array([[1.1, 2.2, 20.3, 30.4]], np.float32),
        score=np.array([0.9], np.float32),
        action_score=np.array([[0.8]], np.float32),
    )


def record(source: ImageFolderSource, outputs: TrackOutputs, *, broken_at: int = -1) -> TrackRecorder:
    with TrackRecorder(outputs, source=source, vocabulary=WORDS) as recorder:
        for index, frame in enumerate(source.frames(size_wh=(48, 32), full=recorder.draws)):
            if index == broken_at:
                raise OSError("broken off")
            recorder.add(one_track(frame), frame_index=index, time_s=index / 25, full=frame.full)
    return recorder


def test_lines_read_back_to_the_bit(source: ImageFolderSource, tmp_path: Path) -> None:
    recorder = record(source, TrackOutputs(ndjson=tmp_path / "t.ndjson"))
    assert (recorder.num_frames, recorder.num_rows, recorder.last_track_id) == (3, 3, 7)
    read = [tracks_of(json.loads(line), WORDS) for line in (tmp_path / "t.ndjson").read_text().splitlines()]
    rows = Tracks.concatenate(read)
    np.testing.assert_array_equal(rows.frame_index, [0, 1, 2])
    np.testing.assert_array_equal(rows.xyxy[2], np.array([1.1, 2.2, 20.3, 30.4], np.float32))
    np.testing.assert_array_equal(rows.action_score, np.full((3, 1), 0.8, np.float32))


def test_files_appear_only_when_complete(source: ImageFolderSource, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    outputs = TrackOutputs(
        video=out / "v.mp4", mot=out / "t.txt", parquet=out / "t.parquet", ndjson=out / "t.ndjson"
    )
    with pytest.raises(OSError, match="broken off"):
        record(source, outputs, broken_at=2)
    assert not list(out.iterdir())
    record(source, outputs)
    assert sorted(path.name for path in out.iterdir()) == ["t.ndjson", "t.parquet", "t.txt", "v.mp4"]


def test_a_missing_folder_is_named_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        TrackOutputs(ndjson=tmp_path / "none" / "t.ndjson")
