"""Tracking a whole source, and what is written of it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pyarrow.parquet
import pytest

from mot_model.structures import Array, Tracks
from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.formats.motchallenge import read_mot
from mot_platform.schema import TRACKS_SCHEMA
from mot_platform.track_outputs import TrackOutputs
from mot_platform.tracking import track_source, track_video


def test_every_form_of_output_tells_the_same(
    tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    engine, uri = load_engine(str(untrained_weights)), read_corpus(tiny_corpus)[0].uri
    outputs = TrackOutputs(video=tmp_path / "v.mp4", mot=tmp_path / "t.txt", parquet=tmp_path / "t.parquet")
    summary = track_source(engine, uri, outputs)
    rows = Tracks.concatenate([tracks for _, tracks in track_video(engine, uri)])
    assert summary.frames == 20
    assert summary.rows == len(rows) > 0
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert table.schema.equals(TRACKS_SCHEMA)
    np.testing.assert_array_equal(table["track_id"], rows.track_id)
    np.testing.assert_array_equal(table["x1"], rows.xyxy[:, 0])
    text = read_mot(tmp_path / "t.txt", unique_ids=True)
    np.testing.assert_array_equal(text.track_id, rows.track_id)
    np.testing.assert_allclose(text.xyxy, rows.xyxy, rtol=1e-5, atol=1e-4)
    with av.open(str(tmp_path / "v.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) == 20


def test_the_viewer_sees_pictures_and_can_stop(tiny_corpus: Path, untrained_weights: Path) -> None:
    shapes = []

    def seen(_tracks: Tracks, picture: Array | None) -> bool:
        assert picture is not None
        shapes.append(picture.shape)
        return len(shapes) < 5

    engine = load_engine(str(untrained_weights))
    summary = track_source(engine, read_corpus(tiny_corpus)[0].uri, TrackOutputs(), seen=seen, draw=True)
    assert summary.frames == 5
    assert set(shapes) == {(96, 160, 3)}


def test_a_broken_source_leaves_nothing_half_written(untrained_weights: Path, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_text("this is no video")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Exception, match=r"no\.mp4"):
        track_source(
            load_engine(str(untrained_weights)), str(tmp_path / "no.mp4"), TrackOutputs(video=out / "v.mp4")
        )
    assert not list(out.iterdir())


def test_a_part_is_found_as_in_the_whole_but_its_tracks_begin_anew(
    tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    engine, uri = load_engine(str(untrained_weights)), read_corpus(tiny_corpus)[0].uri
    whole = [found for found, _ in track_video(engine, uri)]
    part = list(track_video(engine, uri, range(11, 17)))
    assert [found.frame_index for found, _ in part] == list(range(11, 17))
    for (found, _), expected in zip(part, whole[11:17], strict=True):
        np.testing.assert_allclose(found.xyxy, expected.xyxy, atol=1e-3)
        np.testing.assert_allclose(found.score, expected.score, atol=1e-4)
    assert next(tracks.track_id.min() for _, tracks in part if len(tracks)) == 1


def test_a_folder_of_images_is_tracked_like_a_video(
    tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    engine, uri = load_engine(str(untrained_weights)), read_corpus(tiny_corpus)[0].uri
    (tmp_path / "img1").mkdir()
    with av.open(uri) as video:
        for number, frame in enumerate(video.decode(video=0), start=1):
            frame.to_image().save(tmp_path / "img1" / f"{number:06}.png")
    found = list(track_video(engine, str(tmp_path / "img1"), range(4, 9)))
    assert [detections.frame_index for detections, _ in found] == list(range(4, 9))
    assert sum(len(tracks) for _, tracks in found)
