"""How often the action of a tracked person is named rightly, counted over ground-truth boxes.

A person may do several things at once, so one definition must be picked. Here a box is right when it is
matched by a predicted box and the highest-scored action of that box is among its ground-truth actions. The
denominator is every labelled box that is visible enough, found or not, so missing hard people does not help.
That is lenient where one action nearly always holds (everybody stands), which is why `majority_accuracy`
(always naming the commonest action) and `mean_recall` (all actions weigh the same) stand beside it.
"""

# G labelled boxes, A actions

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionAccuracy:
    """Accuracy of the actions along matched boxes; shares are in [0, 1]."""

    action_ids: tuple[int, ...]
    num_boxes: int
    """Labelled and visible ground-truth boxes, the denominator."""
    num_matched: int
    num_right: int
    num_of_action: Array
    """int64 `(A,)`, boxes with each action; a box counts once for each of its actions."""
    num_recalled: Array
    """int64 `(A,)`, of those, boxes whose prediction has the action among its k best, k being the number of
    actions of the box."""
    confusion: Array
    """float64 `(A, A + 1)`: true action by predicted one, the last column for unmatched boxes. A right box
    counts for the action named; a wrong one is shared evenly among its true actions. Sums to `num_boxes`."""

    @property
    def accuracy(self) -> float:
        """Right over all; NaN without a labelled box."""
        return self.num_right / self.num_boxes if self.num_boxes else math.nan

    @property
    def accuracy_of_matched(self) -> float:
        """Right over matched; NaN without a matched box."""
        return self.num_right / self.num_matched if self.num_matched else math.nan

    @property
    def majority_accuracy(self) -> float:
        """Accuracy of naming the commonest action for every box, all boxes found."""
        return int(self.num_of_action.max(initial=0)) / self.num_boxes if self.num_boxes else math.nan

    @property
    def recall_by_action(self) -> dict[int, float]:
        """Recall of each action that occurs."""
        columns = zip(self.action_ids, self.num_recalled.tolist(), self.num_of_action.tolist(), strict=True)
        return {action: recalled / number for action, recalled, number in columns if number}

    @property
    def mean_recall(self) -> float:
        """Mean over the actions that occur; NaN if none does."""
        recalls = list(self.recall_by_action.values())
        return float(np.mean(recalls)) if recalls else math.nan

    def to_dict(self) -> dict[str, object]:
        """Return counts, shares and the confusion matrix, None where undefined."""
        names = ("accuracy", "accuracy_of_matched", "majority_accuracy", "mean_recall")
        shares = {name: getattr(self, name) for name in names}
        return {
            **{name: None if math.isnan(value) else value for name, value in shares.items()},
            "num_boxes": self.num_boxes,
            "num_matched": self.num_matched,
            "recall_by_action": {str(action): recall for action, recall in self.recall_by_action.items()},
            "action_ids": list(self.action_ids),
            "confusion": self.confusion.tolist(),
        }


def action_accuracy(
    truth_actions: Array, action_score: Array, *, matched: Array, action_ids: Sequence[int]
) -> ActionAccuracy:
    """Return how well `action_score` names `truth_actions`.

    Args:
        truth_actions: bool `(G, A)`, what each box does, at least one action each.
        action_score: float `(G, A)`, scores of the prediction matched to each box; rows of unmatched boxes
            are not read.
        matched: bool `(G,)`.
        action_ids: The id of each of the A columns.

    Raises:
        ValueError: if a box has no action, the shapes disagree or a score of a matched box is NaN.
    """
    num_boxes, num_actions = truth_actions.shape
    if action_score.shape != truth_actions.shape or len(action_ids) != num_actions:
        raise ValueError(
            f"{len(action_ids)} action ids for truth of shape {truth_actions.shape} and scores of "
            f"shape {action_score.shape}"
        )
    num_true = truth_actions.sum(axis=1)
    if (num_true == 0).any():
        raise ValueError(
            f"ground-truth box {int(np.argmin(num_true))} has no action; leave unlabelled boxes out"
        )
    if np.isnan(action_score[matched]).any():
        raise ValueError("an action score is NaN")
    confusion = np.zeros((num_actions, num_actions + 1))
    best_first = np.argsort(-action_score, axis=1, kind="stable")
    rank = np.argsort(best_first, axis=1)
    top = best_first[:, 0]
    right = matched & truth_actions[np.arange(num_boxes), top]
    np.add.at(confusion, (top[right], top[right]), 1)
    wrong, true_action = np.nonzero(truth_actions & ~right[:, None])
    named = np.where(matched, top, num_actions)
    np.add.at(confusion, (true_action, named[wrong]), 1 / num_true[wrong])
    return ActionAccuracy(
        action_ids=tuple(action_ids),
        num_boxes=num_boxes,
        num_matched=int(matched.sum()),
        num_right=int(right.sum()),
        num_of_action=truth_actions.sum(axis=0),
        num_recalled=(truth_actions & matched[:, None] & (rank < num_true[:, None])).sum(axis=0),
        confusion=confusion,
    )
