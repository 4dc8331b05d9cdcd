from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mot_platform.datasets.source import BoxLabels
from mot_platform.datasets.summary import changed_media, summarize


def test_everything_is_counted_without_what_is_ignored(labelled_source) -> None:
    summary = summarize(labelled_source)
    assert summary.videos == {"ready": 1, "missing": 1}
    assert (summary.frames, summary.labelled_frames) == (12, 5)
    assert (summary.boxes, summary.ignored_boxes, summary.boxes_with_actions) == (3, 2, 3)
    assert summary.identities == 2  # person 7 of one video is not person 7 of the other
    assert summary.boxes_by_class == {"person": 3, "car": 0}
    assert summary.boxes_by_action == {"sit": 2, "stand": 2}
    assert summary.not_ready == (("b", "missing", "no such file"),)
    assert summary.duration_s == pytest.approx(1.2)


def test_heights_are_shares_of_the_frame_whatever_unit_boxes_have(labelled_source) -> None:
    shares = replace(labelled_source.videos[1], boxes=_one_box([0.1, 0.2, 0.5, 0.5]))
    pixels = replace(labelled_source.videos[0], boxes=_one_box([0, 0, 10, 48]))
    summary = summarize(replace(labelled_source, videos=(pixels, shares)))
    counted = {name: count for name, count in summary.boxes_by_height.items() if count}
    assert counted == {"20% to 40%": 1, "40% to 70%": 1}
    assert list(summary.boxes_by_height)[-1] == "over 70%"


def test_splits_are_counted_with_what_is_in_none(labelled_source) -> None:
    splits = {count.split: count for count in summarize(labelled_source).splits}
    assert list(splits) == ["train", "val", ""]
    train, none = splits["train"], splits[""]
    assert (train.videos, train.frames, train.labelled_frames, train.boxes) == (1, 6, 3, 3)
    assert (none.videos, none.frames, none.boxes) == (1, 2, 2)


def test_a_source_without_videos_is_counted_too(labelled_source) -> None:
    summary = summarize(replace(labelled_source, videos=()))
    assert summary.boxes == 0
    assert summary.splits == ()


def test_media_that_changed_since_it_was_indexed_is_named(filmed_source) -> None:
    assert changed_media(filmed_source) == []
    path = Path(filmed_source.videos[0].uri)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"more")
    (changed,) = changed_media(filmed_source)
    assert changed.where == str(path)
    assert f"{size + 4:,} bytes, but {size:,} when it was indexed" in changed.what
    path.unlink()
    assert "gone" in changed_media(filmed_source)[0].what


def _one_box(xyxy: list[float]) -> BoxLabels:
    return BoxLabels(
        frame_index=np.zeros(1, np.int64),
        track_id=np.zeros(1, np.int64),
        class_id=np.zeros(1, np.int64),
        xyxy=np.array([xyxy], np.float64),
        visibility=np.ones(1, np.float32),
        ignored=np.zeros(1, bool),
        action=np.zeros((1, 2), bool),
        has_action=np.zeros(1, bool),
    )
