"""The annotated clip."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from mot_model.structures import Tracks
from mot_platform.report import clip
from mot_platform.video.index import probe


def test_a_clip_is_an_enlarged_h264_video_of_all_frames(video: Path, tracks: Tracks, tmp_path: Path) -> None:
    drawn = clip.draw_clip(str(video), tracks, class_names=("person",), action_names=("sit", "walk"))
    assert drawn is not None
    data = base64.b64decode(drawn.removeprefix("data:video/mp4;base64,"))
    (tmp_path / "clip.mp4").write_bytes(data)
    index = probe(str(tmp_path / "clip.mp4"))
    assert (index.codec, index.size_wh, index.num_frames) == ("h264", (192, 144), 8)
    assert index.duration_s == pytest.approx(0.8, abs=0.02)


def test_a_clip_is_cut_after_its_longest_duration(
    video: Path, tracks: Tracks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "MAX_SECONDS", 0.45)
    drawn = clip.draw_clip(str(video), tracks, class_names=(), action_names=())
    assert drawn is not None
    (tmp_path / "clip.mp4").write_bytes(base64.b64decode(drawn.partition(",")[2]))
    assert probe(str(tmp_path / "clip.mp4")).num_frames == 5


def test_a_clip_that_stays_too_large_is_left_out(
    video: Path, tracks: Tracks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "MAX_BYTES", 10)
    assert clip.draw_clip(str(video), tracks, class_names=(), action_names=()) is None
