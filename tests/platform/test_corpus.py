"""Corpora on disk in the shape that training reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mot_platform.corpus import action_names, frame_labels, read_corpus
from mot_platform.errors import InputError


def test_videos_come_with_their_truth(tiny_corpus: Path) -> None:
    videos = read_corpus(tiny_corpus)
    assert [Path(video.uri).stem for video in videos] == [video.name for video in videos]
    assert len(videos) == 3


def test_labels_are_sorted_by_frame_in_the_columns_asked_for(tiny_corpus: Path) -> None:
    truth = read_corpus(tiny_corpus)[0].truth
    ids = tuple(reversed(truth.action_ids))
    labels = frame_labels(truth, (*ids, 79))
    assert (np.diff(labels.rows.frame_index) >= 0).all()
    assert labels.action.shape[1] == len(ids) + 1
    assert not labels.action[:, -1].any(), "an action that the corpus does not know is never labelled"
    assert labels.action.sum() == truth.actions.sum()
    assert (labels.has_action == labels.action.any(1)).all()


def test_actions_have_names(tiny_corpus: Path, tmp_path: Path) -> None:
    assert action_names(tiny_corpus)[14] == "walk"
    assert action_names(tmp_path) == {}


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ground truth"):
        read_corpus(tmp_path)


def test_a_missing_video_is_named(tiny_corpus: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_corpus, tmp_path / "copy")
    name = read_corpus(copy)[0].name
    (copy / name / f"{name}.mp4").unlink()
    with pytest.raises(InputError, match=rf"{name}: no video beside seqinfo\.ini"):
        read_corpus(copy)
