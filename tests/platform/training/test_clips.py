"""The stream of clips: a pure function of its number, with labels that fit the pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_model.letterbox import Letterbox
from mot_platform.corpus import frame_labels, read_corpus
from mot_platform.errors import InputError
from mot_platform.training.clips import ClipDataset, collate, label_clip
from mot_platform.training.config import DataConfig, SourceConfig

INPUT_WH = (160, 96)


def dataset(corpus: Path, *, clip_frames: int = 4, seed: int = 0) -> ClipDataset:
    config = DataConfig(sources=(SourceConfig(root=str(corpus)),), clip_frames=clip_frames)
    return ClipDataset(config, input_wh=INPUT_WH, action_ids=(11, 12, 14), seed=seed)


def test_a_clip_depends_on_seed_and_number_only(tiny_corpus: Path) -> None:
    first, second = dataset(tiny_corpus), dataset(tiny_corpus)
    second[3]  # what was read before does not matter
    for name in ("pixels", "xyxy", "track_id", "action"):
        np.testing.assert_array_equal(getattr(first[7], name), getattr(second[7], name))
    assert (first[7].pixels != dataset(tiny_corpus, seed=1)[7].pixels).any()


def test_labels_follow_their_track_over_the_clip(tiny_corpus: Path) -> None:
    truth = read_corpus(tiny_corpus)[0].truth
    labels = frame_labels(truth, (11, 12, 14))
    letterbox = Letterbox((160, 96), INPUT_WH)
    pixels = np.zeros((6, 96, 160, 3), np.uint8)
    clip = label_clip(labels, slice(5, 9), pixels, letterbox, min_visibility=0.0)
    for t in range(4):
        rows = labels.rows[labels.rows.frame_index == 5 + t]
        assert clip.present[t].sum() == len(rows)
        np.testing.assert_allclose(
            clip.xyxy[t][clip.present[t]], rows.xyxy[np.argsort(rows.track_id)], atol=1e-3
        )
    assert not clip.present[4:].any()
    assert clip.has_boxes[:, 0].tolist() == [True] * 4 + [False] * 2


def test_a_video_shorter_than_a_clip_is_still_a_clip(tiny_corpus: Path) -> None:
    clip = dataset(tiny_corpus, clip_frames=32)[0]
    assert len(clip.pixels) == 32
    assert clip.has_boxes.sum() == 20
    assert not clip.present[20:].any()


def test_ids_are_unique_over_a_batch(tiny_corpus: Path) -> None:
    data = dataset(tiny_corpus)
    batch = collate([data[i] for i in range(4)])
    assert batch.pixels.shape == (4, 4, 96, 160, 3)
    ids = [set(batch.track_id[i][batch.present[i]].tolist()) for i in range(4)]
    assert not set.intersection(*ids)


def test_nothing_to_train_on_is_said() -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        ClipDataset(DataConfig(), input_wh=INPUT_WH, action_ids=(), seed=0)
