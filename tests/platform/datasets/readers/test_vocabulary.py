"""Behaviour of numbering names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mot_platform.datasets.readers.label_map import LabelMap
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.vocabulary import Vocabulary

BOX = (0, 0, 8, 8)
ROWS = [(0, 1, *BOX), (0, 2, *BOX), (1, 3, *BOX), (1, 4, *BOX)]


def test_names_stay_without_a_map_and_are_numbered_as_they_come(labels_of, log) -> None:
    words = Vocabulary(LabelMap(), log)
    first = words.translated(labels_of(ROWS, class_names=("car", "person"), class_id=np.array([1, 0, 1, 1])))
    second = words.translated(labels_of(ROWS, class_names=("dog", "person"), class_id=np.array([1, 0, 1, 1])))
    assert words.class_names == ("car", "person", "dog")
    assert first.class_id.tolist() == [1, 0, 1, 1]
    assert second.class_id.tolist() == [1, 2, 1, 1]
    assert not log.problems()


def test_a_map_renames_drops_ignores_and_notes_the_unknown(labels_of) -> None:
    log = ProblemLog(Path())
    label_map = LabelMap(
        classes={"pedestrian": "person", "rider": "person", "car": None}, ignored=("crowd", "rider")
    )
    names = ("pedestrian", "rider", "car", "crowd", "dgo", "never used")
    rows = [(frame, 1, *BOX) for frame in range(6)]
    words = Vocabulary(label_map, log)
    labels = words.translated(labels_of(rows, class_names=names, class_id=np.array([0, 1, 2, 3, 4, 4])))
    assert words.class_names == ("person", "crowd")
    assert labels.position.tolist() == [0, 1, 3]
    assert labels.class_id.tolist() == [0, 0, 1]
    assert labels.ignored.tolist() == [False, True, True]
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("gt.txt:5", "class 'dgo' is not in the label map; left out of 2 boxes")
    ]


def test_actions_share_columns_by_name(labels_of, log) -> None:
    words = Vocabulary(LabelMap(actions={"a": "walk", "b": "walk", "c": "sit", "d": None}), log)
    action = np.eye(4, dtype=bool)
    labels = words.translated(
        labels_of(ROWS, action=action, action_names=("a", "b", "c", "d"), has_action=np.ones(4, bool))
    )
    assert words.action_names == ("walk", "sit")
    assert labels.action.tolist() == [[True, False], [True, False], [False, True], [False, False]]
    later = words.translated(labels_of(ROWS))
    assert later.action.shape == (4, 2)
    assert words.widened(labels).action.shape == (4, 2)
