"""`query` against the real endpoint says what `track` says (promise P3)."""

from __future__ import annotations

import io
import json
import socket
from pathlib import Path

import av
import cv2
import numpy as np
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from mot_jobs.query import app
from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.errors import InputError, RequestError
from mot_platform.serving.client import StreamClient, StreamFrame
from mot_platform.serving.querying import Mode, QueryRequest, query_outputs, query_source
from mot_platform.track_outputs import TrackOutputs
from mot_platform.tracking import track_source


@pytest.mark.parametrize("mode", ["stream", "upload"])
def test_rows_equal_those_of_track(
    endpoint: str, tiny_corpus: Path, untrained_weights: Path, tmp_path: Path, mode: Mode
) -> None:
    video = read_corpus(tiny_corpus)[1].uri
    track_source(load_engine(str(untrained_weights)), video, TrackOutputs(parquet=tmp_path / "track.parquet"))
    outputs = query_outputs([str(tmp_path / name) for name in ("q.parquet", "q.mp4", "q.ndjson")])
    lines = io.StringIO()
    summary = query_source(QueryRequest(source=video, url=endpoint, mode=mode), outputs, lines=lines)
    expected = pyarrow.parquet.read_table(tmp_path / "track.parquet")
    assert len(expected) > 0
    assert pyarrow.parquet.read_table(tmp_path / "q.parquet").equals(expected)
    assert (summary.frames, summary.rows, summary.reconnects) == (20, len(expected), 0)
    assert (summary.latency_p95_ms is None) == (mode == "upload")
    with av.open(str(tmp_path / "q.mp4")) as written:
        assert sum(1 for _ in written.decode(video=0)) == 20
    assert (tmp_path / "q.ndjson").read_text() == lines.getvalue()
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert sum(len(record["tracks"]) for record in records) == len(expected)


def test_a_folder_of_images_is_streamed(endpoint: str, tiny_corpus: Path, tmp_path: Path) -> None:
    with av.open(read_corpus(tiny_corpus)[0].uri) as video:
        for index, frame in enumerate(video.decode(video=0)):
            frame.to_image().save(tmp_path / f"{index}.png")
    summary = query_source(QueryRequest(source=str(tmp_path), url=endpoint), TrackOutputs())
    assert summary.frames == 20


def test_a_video_that_is_none_is_refused_and_leaves_no_file(endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_text("this is no video")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Exception, match=r"no\.mp4"):
        query_source(
            QueryRequest(source=str(tmp_path / "no.mp4"), url=endpoint), TrackOutputs(ndjson=out / "o.ndjson")
        )
    assert not list(out.iterdir())


def test_where_nobody_answers_is_bad_input(tiny_corpus: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(RequestError, match="cannot be reached"):
        query_source(QueryRequest(source=read_corpus(tiny_corpus)[0].uri, url=url), TrackOutputs())


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        pytest.param(["a.avi"], r"a\.avi: give one file each of \.mp4, \.parquet, \.ndjson", id="ending"),
        pytest.param(["a.mp4", "b.mp4"], r"b\.mp4: give one file each", id="twice"),
        pytest.param(["none/a.mp4"], "no such folder", id="folder"),
    ],
)
def test_impossible_outputs_are_named(paths: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        query_outputs(paths)


def test_only_files_are_uploaded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only files can be uploaded"):
        QueryRequest(source=str(tmp_path), url="http://127.0.0.1:1", mode="upload")


def test_a_session_that_is_under_way_is_not_mixed_with_another_video(
    endpoint: str, tiny_corpus: Path
) -> None:
    video = read_corpus(tiny_corpus)[0].uri
    with StreamClient(endpoint, session="under-way") as stream:
        stream.send(
            StreamFrame(seq=0, picture=bytes(cv2.imencode(".png", np.zeros((96, 160, 3), np.uint8))[1]))
        )
        assert stream.receive() is not None
        with pytest.raises(InputError, match="under-way is at frame 1 already"):
            query_source(QueryRequest(source=video, url=endpoint, session="under-way"), TrackOutputs())


def test_the_command_says_what_came_back(endpoint: str, tiny_corpus: Path, tmp_path: Path) -> None:
    video = read_corpus(tiny_corpus)[0].uri
    result = CliRunner().invoke(app, [video, "--url", endpoint, "--out", "-", "--json"])
    assert result.exit_code == 0, result.output
    *frames, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert [frame["frame_index"] for frame in frames] == list(range(20))
    assert summary["rows"] == sum(len(frame["tracks"]) for frame in frames)
    result = CliRunner().invoke(app, [video, "--url", endpoint, "--out", str(tmp_path / "t.mp4")])
    assert "20 frames, " in result.stdout
    assert ", 0 reconnects" in result.stdout
