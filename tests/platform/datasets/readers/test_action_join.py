"""Behaviour of joining actions to boxes by id."""

from __future__ import annotations

import numpy as np

from mot_platform.datasets.readers.action_join import with_actions_of
from mot_platform.datasets.readers.media import Media
from mot_platform.datasets.readers.placed_boxes import place_on_frames

BOX = (8, 8, 24, 24)
MISSING = Media(name="a", status="missing")


def placed(labels_of, log, rows, **changes):
    return place_on_frames(labels_of(rows, **changes), MISSING, log).rows


def test_actions_go_to_the_box_of_their_id(labels_of, log) -> None:
    boxes = placed(
        labels_of,
        log,
        [(0, 1, *BOX), (0, 2, *BOX), (1, 1, *BOX)],
        action=np.zeros((3, 2), bool),
        action_names=("walk", "sit"),
    )
    actions = placed(
        labels_of,
        log,
        [(1, 1, *BOX), (0, 2, *BOX), (1, 9, *BOX), (1, -1, *BOX)],
        action=np.array([[1, 0], [0, 1], [1, 1], [1, 1]], bool),
        has_action=np.ones(4, bool),
        action_names=("walk", "sit"),
    )
    joined = with_actions_of(boxes, actions, log).boxes
    assert joined.action.tolist() == [[False, False], [False, True], [True, False]]
    assert joined.has_action.tolist() == [False, True, True]
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("gt.txt:3", "person 9 has an action in frame 1, counted from 0, but no box; left out"),
        ("gt.txt:4", "no person id, so it can't be told whose action this is; left out"),
    ]
