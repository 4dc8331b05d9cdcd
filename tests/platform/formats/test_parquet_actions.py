"""Actions of tracks from Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_model.structures import Tracks
from mot_platform.errors import InputError
from mot_platform.formats.parquet_actions import is_parquet, read_track_actions
from mot_platform.schema import TRACKS_SCHEMA, VIDEOS_SCHEMA, Vocabulary, tracks_table, videos_table


def _write(path: Path, video: str, num_frames: int) -> None:
    tracks = Tracks(
        frame_index=np.arange(num_frames, dtype=np.int32),
        time_s=np.arange(num_frames) / 25,
        track_id=np.full(num_frames, 3, np.int32),
        xyxy=np.tile(np.array([1, 2, 30, 40], np.float32), (num_frames, 1)),
        score=np.full(num_frames, 0.9, np.float32),
        class_id=np.zeros(num_frames, np.int16),
        action_score=np.tile(np.array([0.25, 0.75, 0.001], np.float32), (num_frames, 1)),
    )
    words = Vocabulary(
        class_names=("person",), action_ids=(12, 14, 17), action_names=("stand", "walk", "carry")
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    table = tracks_table(tracks, video=video, unit_id="", vocabulary=words, min_action_score=0.01)
    pq.write_table(table, path)


def test_output_of_label_is_read_with_sizes(tmp_path: Path) -> None:
    _write(tmp_path / "tracks" / "a.parquet", "a.mp4", 2)
    _write(tmp_path / "tracks" / "b.parquet", "b.mp4", 1)
    _write(tmp_path / "tracks" / "c.parquet", "c.mp4", 0)
    (tmp_path / "videos").mkdir()
    dead = {"status": "dead", "error_stage": "open", "error": "no video"}
    rows: list[dict[str, object]] = [
        {"video": "a.mp4", "width": 64, "height": 48},
        {"video": "c.mp4", "status": "done"},
        {"video": "d.mp4", **dead},
    ]
    pq.write_table(videos_table(rows), tmp_path / "videos" / "v.parquet")
    for path in (tmp_path, tmp_path / "tracks"):
        assert is_parquet(path)
        tracks = read_track_actions(path)
        assert [tracks.videos[number] for number in tracks.video] == ["a.mp4", "a.mp4", "b.mp4"]
        assert tracks.size_wh == {"a.mp4": (64, 48)}
        assert tracks.without_tracks == {"c.mp4": None, "d.mp4": "open: no video"}
    place, action_id, score = tracks.exploded(np.array([2, 0]))
    assert (place.tolist(), action_id.tolist()) == ([0, 0, 1, 1], [14, 12, 14, 12])
    assert score.tolist() == [0.75, 0.25, 0.75, 0.25]
    assert tracks.action_names() == {12: "stand", 14: "walk"}


def test_file_alone_knows_no_size(tmp_path: Path) -> None:
    _write(tmp_path / "p.parquet", "p.mp4", 1)
    tracks = read_track_actions(tmp_path / "p.parquet")
    assert (len(tracks.video), tracks.size_wh, tracks.xyxy.tolist()) == (1, {}, [[1, 2, 30, 40]])


def test_file_without_rows_has_no_videos(tmp_path: Path) -> None:
    _write(tmp_path / "p.parquet", "p.mp4", 0)
    tracks = read_track_actions(tmp_path / "p.parquet")
    assert (tracks.videos, tracks.action_names()) == ((), {})


def test_what_is_no_file_of_tracks_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    pq.write_table(pa.table({"video": ["a"]}), tmp_path / "other.parquet")
    row = {name: 0 for name in ("frame_index", "time_s", "track_id", "x1", "y1", "x2", "y2")}
    row |= {"video": "a", "actions": [], "x2": float("nan")}  # type: ignore[dict-item]
    pq.write_table(pa.Table.from_pylist([row], schema=TRACKS_SCHEMA), tmp_path / "nan.parquet")
    pq.write_table(VIDEOS_SCHEMA.empty_table(), tmp_path / "videos.parquet")
    (tmp_path / "none").mkdir()
    for name, problem in {
        "torn.parquet": "not a readable Parquet file of tracks",
        "other.parquet": "no column actions, frame_index",
        "videos.parquet": "no column actions",
        "nan.parquet": "x2 is missing or not finite",
        "none": "no Parquet files",
        "absent.parquet": "no Parquet files",
    }.items():
        with pytest.raises(InputError, match=f"{name}: {problem}"):
            read_track_actions(tmp_path / name)
    assert not is_parquet(tmp_path / "none")
