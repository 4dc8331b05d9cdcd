"""Corpora on disk in the shape that evaluation reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mot_platform.corpus import read_corpus
from mot_platform.errors import InputError


def test_videos_come_with_their_truth(tiny_corpus: Path) -> None:
    videos = read_corpus(tiny_corpus)
    assert [Path(video.uri).stem for video in videos] == [video.name for video in videos]
    assert len(videos) == 3


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ground truth"):
        read_corpus(tmp_path)


def test_a_missing_video_is_named(tiny_corpus: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_corpus, tmp_path / "copy")
    name = read_corpus(copy)[0].name
    (copy / name / f"{name}.mp4").unlink()
    with pytest.raises(InputError, match=rf"{name}: no video beside seqinfo\.ini"):
        read_corpus(copy)
