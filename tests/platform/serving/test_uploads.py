from __future__ import annotations

import json
from pathlib import Path

import pytest

from mot_platform.engines import load_engine
from mot_platform.tracking import track_video


def lines(response) -> list[dict]:
    return [json.loads(line) for line in response.text.splitlines()]


def test_an_uploaded_video_is_answered_like_track(client, clip, untrained_weights, store) -> None:
    response = client.post("/v1/videos", content=clip.path.read_bytes())
    assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson")
    *frames, summary = lines(response)
    expected = [tracks for _, tracks in track_video(load_engine(str(untrained_weights)), str(clip.path))]
    assert [frame["frame_index"] for frame in frames] == list(range(len(expected)))
    assert [[t["track_id"] for t in f["tracks"]] for f in frames] == [t.track_id.tolist() for t in expected]
    assert [[t["box"] for t in f["tracks"]] for f in frames] == [t.xyxy.tolist() for t in expected]
    assert summary["type"] == "summary"
    assert summary["rows"] == sum(map(len, expected))
    assert summary["last_track_id"] == max(t.track_id.max(initial=0) for t in expected)
    assert summary["problem"] is None
    assert store.sessions() == []


@pytest.mark.real_data
def test_a_video_that_breaks_off_keeps_its_frames_and_says_where(client, shared_data) -> None:
    damaged = (shared_data / "videos" / "decord_corrupted.mp4").read_bytes()
    *frames, summary = lines(client.post("/v1/videos", content=damaged))
    assert [frame["frame_index"] for frame in frames] == list(range(28))
    assert summary["frames"] == 28
    assert summary["problem"]["status"] == 415


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        pytest.param(b"", 422, "empty", id="empty"),
        pytest.param(b"not a video" * 100, 415, "", id="garbage"),
        pytest.param(b"\0" * 500_001, 413, "over the limit of 500000 bytes", id="too large"),
    ],
)
def test_what_is_no_acceptable_video_is_a_problem(client, body, status, detail) -> None:
    response = client.post("/v1/videos", content=body)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert detail in response.json()["detail"]


def test_a_body_without_stated_length_is_limited_too(client) -> None:
    assert client.post("/v1/videos", content=(b"\0" * 100_000 for _ in range(6))).status_code == 413


def test_nothing_stays_on_disk(client, clip, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert client.post("/v1/videos", content=clip.path.read_bytes()).status_code == 200
    client.post("/v1/videos", content=b"garbage")
    assert not list(Path(tmp_path).glob("mot-upload-*"))


def test_uploads_hold_a_place_only_while_they_last(client, clip) -> None:
    for _ in range(3):  # two places
        assert client.post("/v1/videos", content=clip.path.read_bytes()).status_code == 200
        assert client.post("/v1/videos", content=b"garbage").status_code == 415
