"""Behaviour of the labels of one video."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.datasets.readers.video_labels import Places


def test_places_name_lines_and_entries() -> None:
    files = Places(files=(Path("a.txt"), Path("b.txt")), file=np.array([0, 1, 1]), line=np.array([4, 1, 2]))
    assert [files.of(row) for row in range(3)] == ["a.txt:4", "b.txt:1", "b.txt:2"]
    assert files[np.array([False, False, True])].of(0) == "b.txt:2"
    entries = Places.in_file(Path("a.json"), np.array([0, 5]), entry="annotations")
    assert entries.of(1) == "a.json: annotations[5]"


def test_only_labels_by_time_are_shifted(labels_of) -> None:
    rows = [(1, 1, 0, 0, 8, 8)]
    by_time = labels_of(rows, by_time=True).shifted(-0.5)
    assert (by_time.position.tolist(), by_time.labelled.tolist()) == ([0.5], [0.5])
    assert labels_of(rows).shifted(-0.5).position.tolist() == [1]


def test_columns_have_one_length(labels_of) -> None:
    labels = labels_of([(0, 1, 0, 0, 8, 8), (1, 1, 0, 0, 8, 8)])
    assert len(labels[np.array([True, False])]) == 1
    assert labels.has_ids()
    with pytest.raises(ValueError, match="columns of one length"):
        labels_of([(0, 1, 0, 0, 8, 8)], visibility=np.ones(2, np.float32))
    with pytest.raises(ValueError, match="1 actions, but"):
        labels_of([(0, 1, 0, 0, 8, 8)], action_names=("walk",))
