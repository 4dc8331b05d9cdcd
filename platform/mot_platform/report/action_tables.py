"""How well actions are known, as tables: by action, what was taken for what, and the commonest mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_readings import READING_NAMES
from mot_platform.metrics.actions.action_samples import ActionScores

MAX_CONFUSION_ACTIONS = 16
"""A larger matrix can't be read; the rarer actions are counted in its column for all others."""
NUM_CONFUSED = 8

_ActionName = Callable[[int], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionRow:
    """How well one action is known."""

    action_id: int
    name: str
    support: int
    """Ground-truth boxes with it."""
    recall: float | None
    average_precision: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfusionRow:
    """What boxes with one true action were taken for."""

    name: str
    shares: tuple[float, ...]
    """By column of the table; sums to 1."""
    true_column: int
    """The column of the true action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confusion:
    """Actions that occur, by what they were taken for."""

    columns: tuple[str, ...]
    """Named actions, and last the boxes that were not found."""
    rows: tuple[ConfusionRow, ...]
    num_left_out: int
    """Actions that occur and have no row, for they are rarer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfusedPair:
    """One mistake that is made again and again."""

    true: str
    named: str
    count: float
    """Boxes; one with several true actions counts for each of them in part."""
    share: float
    """Of the row of the true action in the confusion table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingRow:
    """How well one action is known, or all in the mean, by how it was read."""

    name: str
    support: int
    average_precisions: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingTable:
    """Average precision of actions by how they were read, the mean last."""

    columns: tuple[str, ...]
    rows: tuple[ReadingRow, ...]


def action_rows(
    action_map: ActionMap | None, accuracy: ActionAccuracy | None, action_name: _ActionName
) -> tuple[ActionRow, ...]:
    """Return a row per action that the ground truth has, the commonest first."""
    precision = action_map.ap_by_action if action_map else {}
    support = dict(action_map.num_truth_by_action) if action_map else {}
    recall = accuracy.recall_by_action if accuracy else {}
    if accuracy:
        support |= dict(zip(accuracy.action_ids, accuracy.num_of_action.tolist(), strict=True))
    rows = [
        ActionRow(
            action_id=action,
            name=action_name(action),
            support=support[action],
            recall=recall.get(action),
            average_precision=precision.get(action),
        )
        for action in support
        if support[action]
    ]
    return tuple(sorted(rows, key=lambda row: (-row.support, row.name)))


def reading_table(
    action_map: ActionMap, others: Mapping[str, ActionScores], action_name: _ActionName
) -> ReadingTable | None:
    """Return the average precision of each action by how it was read; None if it was read in one way only.

    Args:
        action_map: Read from the memory of tracks.
        others: By the name of another reading of the same tracks.
        action_name: Gives names to actions.
    """
    if not others:
        return None
    readings = [action_map, *(scores.action_map for scores in others.values())]
    number = action_map.num_truth_by_action
    commonest = sorted(action_map.ap_by_action, key=lambda action: (-number[action], action_name(action)))
    rows = [
        ReadingRow(
            name=action_name(action),
            support=number[action],
            average_precisions=tuple(reading.ap_by_action[action] for reading in readings),
        )
        for action in commonest
    ]
    mean = ReadingRow(
        name="mean", support=sum(number.values()), average_precisions=tuple(one.mean_ap for one in readings)
    )
    return ReadingTable(
        columns=("track memory", *(READING_NAMES[name] for name in others)), rows=(*rows, mean)
    )


def confusion_table(accuracy: ActionAccuracy, action_name: _ActionName) -> Confusion | None:
    """Return what true actions were taken for, the commonest first; None without labelled boxes."""
    table = accuracy.confusion
    if not table.sum():
        return None
    order = np.argsort(-accuracy.num_of_action, kind="stable")
    occurring = [int(i) for i in order if table[i].sum() or table[:, i].sum()]
    columns = occurring[:MAX_CONFUSION_ACTIONS]
    rows = [i for i in columns if table[i].sum()]
    names = [action_name(accuracy.action_ids[i]) for i in columns]
    parts = [table[:, columns], table[:, -1:]]
    if rest := occurring[MAX_CONFUSION_ACTIONS:]:
        parts.insert(1, table[:, rest].sum(axis=1, keepdims=True))
        names.append("another")
    shares = np.concatenate(parts, axis=1) / np.maximum(table.sum(axis=1, keepdims=True), 1e-9)
    return Confusion(
        columns=(*names, "not found"),
        rows=tuple(
            ConfusionRow(
                name=names[columns.index(i)], shares=tuple(shares[i].tolist()), true_column=columns.index(i)
            )
            for i in rows
        ),
        num_left_out=sum(bool(table[i].sum()) for i in rest),
    )


def most_confused(accuracy: ActionAccuracy, action_name: _ActionName) -> tuple[ConfusedPair, ...]:
    """Return the `NUM_CONFUSED` commonest pairs of a true action and another one that was named for it."""
    wrong = accuracy.confusion[:, :-1].copy()
    np.fill_diagonal(wrong, 0)
    of_true = accuracy.confusion.sum(axis=1)
    largest = np.argsort(-wrong, axis=None, kind="stable")[:NUM_CONFUSED]
    pairs = [divmod(int(place), wrong.shape[1]) for place in largest]
    return tuple(
        ConfusedPair(
            true=action_name(accuracy.action_ids[true]),
            named=action_name(accuracy.action_ids[named]),
            count=float(wrong[true, named]),
            share=float(wrong[true, named] / of_true[true]),
        )
        for true, named in pairs
        if wrong[true, named]
    )
