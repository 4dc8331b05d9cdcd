"""Movies become clips with their own times; what can't be cut becomes a row."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.datasets.cutting import cut_clip, cut_videos
from mot_platform.datasets.download.progress import FileProgress
from mot_platform.errors import InputError
from mot_platform.video.decoding import read_frames
from mot_platform.video.index import probe
from mot_platform.video.segments import segment_of


def write_movie(path: Path, *, seconds: int = 1900, first_second: int = 0) -> Path:
    """Write a movie of a frame a second, each of its own brightness, with sound."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=1, options={"x264-params": "keyint=50:bframes=2"})
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        video.codec_context.thread_count = 1
        sound = output.add_stream("pcm_s16le", rate=8000) if path.suffix == ".mkv" else None
        for second in range(first_second, seconds):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32), second % 200, np.uint8), format="gray")
            frame.pts, frame.time_base = second, Fraction(1, 1)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if sound is not None:
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
            noise.sample_rate = 8000
            output.mux(sound.encode(noise))
    return path


@pytest.fixture(scope="module")
def movie(tmp_path_factory) -> Path:
    return write_movie(tmp_path_factory.mktemp("movie") / "-5KQ66BBWC4.mkv")


def test_a_clip_of_a_movie_needs_no_offset(tmp_path, movie) -> None:
    row = cut_clip(movie, tmp_path / "clip.mkv")
    assert (row.status, row.path, row.left_whole) == ("done", tmp_path / "clip.mkv", "")
    index = probe(str(row.path))
    frames = {frame.time_s: frame.frame for frame in read_frames(segment_of(index, 0, index.num_frames))}
    assert 850 <= min(frames) <= 900
    assert set(range(900, 1800)) <= set(frames)
    assert max(frames) < 1860
    for second in (902, 1500, 1798):
        assert abs(float(frames[second].to_ndarray(format="gray").mean()) - second % 200) < 3
    with av.open(str(row.path)) as clip:
        assert [stream.type for stream in clip.streams] == ["video"]
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mkv"]


def test_a_clip_is_cut_once_but_anew_for_another_span_or_movie(tmp_path, movie) -> None:
    assert not cut_clip(movie, tmp_path / "clip.mkv").reused
    assert cut_clip(movie, tmp_path / "clip.mkv").reused
    assert not cut_clip(movie, tmp_path / "clip.mkv", stop_s=1000).reused
    other = write_movie(tmp_path / movie.name, seconds=1000)
    assert not cut_clip(other, tmp_path / "clip.mkv", stop_s=1000).reused
    (tmp_path / "clip.mkv").write_bytes(b"not a clip")
    assert not cut_clip(other, tmp_path / "clip.mkv", stop_s=1000).reused


def test_a_folder_becomes_rows_whatever_its_files_are(tmp_path, movie) -> None:
    short = write_movie(tmp_path / "short.mp4", seconds=60)
    whole = write_movie(tmp_path / "whole.avi", seconds=910)
    (tmp_path / "dead.mp4").write_bytes(b"\0" * 5000)
    sources = [tmp_path / "dead.mp4", tmp_path / "gone.mp4", short, movie, whole]
    events: list[FileProgress] = []
    rows = cut_videos(sources, tmp_path / "clips", progress=events.append)
    assert [row.source for row in rows] == sources
    assert [row.status for row in rows] == ["dead", "missing", "dead", "done", "done"]
    assert "ends at 59.0 s, before the span at 900.0 s" in rows[2].error
    assert (rows[4].path, "avi" in rows[4].left_whole) == (whole, True)
    assert [path.name for path in (tmp_path / "clips").iterdir()] == ["-5KQ66BBWC4.mkv"]
    states = {event.name: event.state for event in events if event.state != "running"}
    assert states == {row.source.name: "done" if row.status == "done" else "failed" for row in rows}
    assert all("\n" not in row.error for row in rows)


def test_a_movie_may_go_once_it_is_cut(tmp_path, movie) -> None:
    (tmp_path / "videos").mkdir()
    movies = [tmp_path / "videos" / name for name in ("a.mkv", "b.mkv")]
    for path in movies:
        os.link(movie, path)
    first = cut_videos(movies, tmp_path / "clips", workers=2)
    for path in movies:
        path.unlink()
    again = cut_videos(movies, tmp_path / "clips")
    assert [row.path for row in again] == [row.path for row in first]
    assert all(row.reused for row in again)


def test_frames_that_an_edit_list_hides_stay_hidden(tmp_path) -> None:
    movie = write_movie(tmp_path / "a.mp4", seconds=100, first_second=-5)
    row = cut_clip(movie, tmp_path / "clip.mkv", start_s=10, stop_s=20)
    assert (row.path, row.left_whole) == (movie, "does not begin with a clean h264 keyframe")


def test_two_movies_of_one_name_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="two of the videos"):
        cut_videos([tmp_path / "a.mp4", tmp_path / "a.mkv"], tmp_path / "clips")
    with pytest.raises(InputError, match="two of the videos"):
        cut_videos([tmp_path / "a.mkv"], tmp_path)


def test_an_empty_span_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="span"):
        cut_clip(tmp_path / "a", tmp_path / "b", start_s=5, stop_s=5)


def test_a_clip_that_cannot_be_written_is_one_line(tmp_path, movie) -> None:
    with pytest.raises(InputError, match=r"clip.mkv: can't be written"):
        cut_clip(movie, tmp_path / "nowhere" / "clip.mkv")
