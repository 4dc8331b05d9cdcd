"""Scores as the cards and tables of the report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_platform.metrics.action_accuracy import ActionAccuracy
from mot_platform.metrics.evaluation_report import SequenceScores
from mot_platform.report.contents import ReportContents

_HEADLINE = {
    "HOTA": ("HOTA", "detection and identity in one, over all overlaps"),
    "IDF1": ("IDF1", "boxes that keep the right identity over the video"),
    "MOTA": ("MOTA", "1 less the shares of missed boxes, false boxes and identity switches"),
    "detection_AP50": ("Detection mAP50", "average precision of boxes, at an overlap of 0.5"),
    "action_accuracy": ("Action accuracy", "visible people whose best-scored action is true"),
}
_TABLE = ("HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy")
_COUNTS = ("IDSW", "FP", "FN")


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One headline score."""

    label: str
    meaning: str
    value: float | None
    """None where it is undefined or was not measured."""
    target: float | None
    """What it should reach, None if nothing was set."""
    note: str
    """What to compare it with, may be empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceRow:
    """The scores of one sequence, or of all."""

    name: str
    num_frames: int
    shares: tuple[float | None, ...]
    """The headline scores, in the order of the cards."""
    counts: tuple[int, ...]
    """Identity switches, false boxes and missed boxes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionRow:
    """How well one action is known."""

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


def headline(contents: ReportContents) -> tuple[Card, ...]:
    """Return the headline scores over all sequences; none without an evaluation."""
    if contents.evaluation is None:
        return ()
    scalars = contents.evaluation.scalars()
    accuracy = contents.evaluation.combined.action_accuracy
    note = ""
    if accuracy is not None and accuracy.num_boxes:
        note = f"always saying the commonest: {accuracy.majority_accuracy:.2f}"
    return tuple(
        Card(
            label=label,
            meaning=meaning,
            value=scalars.get(name),
            target=contents.targets.get(name),
            note=note if name == "action_accuracy" else "",
        )
        for name, (label, meaning) in _HEADLINE.items()
    )


def sequence_rows(contents: ReportContents) -> tuple[SequenceRow, ...]:
    """Return a row per sequence, then one for all together."""
    if contents.evaluation is None:
        return ()
    return tuple(_row(scores) for scores in (*contents.evaluation.sequences, contents.evaluation.combined))


def _row(scores: SequenceScores) -> SequenceRow:
    scalars = scores.scalars()
    return SequenceRow(
        name=scores.name,
        num_frames=scores.num_frames,
        shares=tuple(scalars.get(name) for name in _TABLE),
        counts=tuple(int(scalars[name]) for name in _COUNTS),
    )


def action_rows(contents: ReportContents) -> tuple[ActionRow, ...]:
    """Return a row per action that the ground truth has, the commonest first."""
    accuracy = _accuracy(contents)
    if contents.evaluation is None or accuracy is None:
        return ()
    found = contents.evaluation.combined.action_map
    precision = found.ap_by_action if found else {}
    recall = accuracy.recall_by_action
    support = dict(zip(accuracy.action_ids, accuracy.num_of_action.tolist(), strict=True))
    rows = [
        ActionRow(
            name=contents.action_name(action),
            support=support[action],
            recall=recall[action],
            average_precision=precision.get(action),
        )
        for action in recall
    ]
    return tuple(sorted(rows, key=lambda row: -row.support))


def confusion_table(contents: ReportContents) -> Confusion | None:
    """Return what true actions were taken for, the commonest first; None without labelled boxes."""
    accuracy = _accuracy(contents)
    if accuracy is None or not accuracy.confusion.sum():
        return None
    table = accuracy.confusion
    order = np.argsort(-accuracy.num_of_action, kind="stable")
    columns = [i for i in order if table[i].sum() or table[:, i].sum()]
    rows = [i for i in columns if table[i].sum()]
    names = [contents.action_name(accuracy.action_ids[i]) for i in columns]
    shares = table[:, [*columns, -1]] / np.maximum(table.sum(axis=1, keepdims=True), 1e-9)
    return Confusion(
        columns=(*names, "not found"),
        rows=tuple(
            ConfusionRow(
                name=names[columns.index(i)], shares=tuple(shares[i].tolist()), true_column=columns.index(i)
            )
            for i in rows
        ),
    )


def _accuracy(contents: ReportContents) -> ActionAccuracy | None:
    return contents.evaluation.combined.action_accuracy if contents.evaluation else None
