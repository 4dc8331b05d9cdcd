"""Tables of actions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy, action_accuracy
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_readings import PER_FRAME
from mot_platform.metrics.actions.action_samples import ActionScores
from mot_platform.report.action_tables import (
    MAX_CONFUSION_ACTIONS,
    action_rows,
    confusion_table,
    most_confused,
    reading_table,
)

NAMES = {11: "sit", 14: "walk", 17: "run"}


@pytest.fixture
def accuracy() -> ActionAccuracy:
    """Return five boxes who sit, one of them not found, and two who walk and are said to run and to sit."""
    true = np.array([[1, 0, 0]] * 5 + [[0, 1, 0]] * 2, bool)
    named = np.eye(3)[[0, 0, 0, 1, 0, 2, 0]]
    matched = np.array([1, 1, 1, 1, 0, 1, 1], bool)
    return action_accuracy(true, named, matched=matched, action_ids=(11, 14, 17))


def test_actions_have_support_recall_and_precision(accuracy: ActionAccuracy) -> None:
    found = ActionMap(mean_ap=0.5, ap_by_action={11: 0.75}, num_truth_by_action={11: 5})
    rows = action_rows(found, accuracy, NAMES.__getitem__)
    assert [(row.name, row.support, row.recall, row.average_precision) for row in rows] == [
        ("sit", 5, pytest.approx(0.6), 0.75),
        ("walk", 2, 0, None),
    ]


def test_without_an_accuracy_the_support_is_that_of_the_average_precision() -> None:
    found = ActionMap(mean_ap=0.5, ap_by_action={11: 0.5, 14: 0.5}, num_truth_by_action={11: 3, 14: 9})
    rows = action_rows(found, None, NAMES.__getitem__)
    assert [(row.name, row.support, row.recall) for row in rows] == [("walk", 9, None), ("sit", 3, None)]


def test_readings_stand_side_by_side_with_their_mean_last(accuracy: ActionAccuracy) -> None:
    own, other = (
        ActionMap(mean_ap=mean, ap_by_action={11: mean, 14: mean}, num_truth_by_action={11: 3, 14: 9})
        for mean in (0.75, 0.5)
    )
    scores = ActionScores(action_map=other, found=accuracy, identified=accuracy)
    table = reading_table(own, {PER_FRAME: scores}, NAMES.__getitem__)
    assert table is not None
    assert table.columns == ("track memory", "present frame alone")
    assert [(row.name, row.support) for row in table.rows] == [("walk", 9), ("sit", 3), ("mean", 12)]
    assert {row.average_precisions for row in table.rows} == {(0.75, 0.5)}
    assert reading_table(own, {}, NAMES.__getitem__) is None


def test_confusion_shares_sum_to_one(accuracy: ActionAccuracy) -> None:
    table = confusion_table(accuracy, NAMES.__getitem__)
    assert table is not None
    assert table.columns == ("sit", "walk", "run", "not found")
    assert [row.shares for row in table.rows] == [
        pytest.approx((0.6, 0.2, 0, 0.2)),
        pytest.approx((0.5, 0, 0.5, 0)),
    ]
    assert [row.true_column for row in table.rows] == [0, 1]


def test_a_large_confusion_table_keeps_the_commonest_actions() -> None:
    number = MAX_CONFUSION_ACTIONS + 2
    support = np.arange(number, 0, -1)
    true = np.repeat(np.eye(number, dtype=bool), support, axis=0)
    named = np.roll(true.astype(float), 1, axis=1)  # each is taken for the next
    accuracy = action_accuracy(true, named, matched=np.ones(len(true), bool), action_ids=range(number))
    table = confusion_table(accuracy, str)
    assert table is not None
    assert table.columns[-2:] == ("another", "not found")
    assert (len(table.rows), table.num_left_out) == (MAX_CONFUSION_ACTIONS, 2)
    assert table.rows[-1].shares[-2] == 1
    assert all(math.isclose(sum(row.shares), 1) for row in table.rows)


def test_the_commonest_mistakes_come_first_and_right_ones_not_at_all(accuracy: ActionAccuracy) -> None:
    pairs = most_confused(accuracy, NAMES.__getitem__)
    assert {(pair.true, pair.named, pair.count, pair.share) for pair in pairs} == {
        ("sit", "walk", 1, 0.2),
        ("walk", "run", 1, 0.5),
        ("walk", "sit", 1, 0.5),
    }


def test_no_labelled_box_gives_no_table() -> None:
    nothing = action_accuracy(
        np.zeros((0, 2), bool), np.zeros((0, 2)), matched=np.zeros(0, bool), action_ids=(11, 14)
    )
    assert confusion_table(nothing, str) is None
    assert action_rows(None, nothing, str) == ()
    assert most_confused(nothing, str) == ()
