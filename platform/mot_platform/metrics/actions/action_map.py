"""Frame-mAP of actions at IoU 0.5, as the evaluator of the AVA challenge computes it.

A prediction is a box with one action and a score. In each image each prediction looks at the ground-truth
box of its action that it overlaps most; the best-scored to reach IoU 0.5 there is right and all later ones
are wrong, even if another box was free. Nothing here loops over images: boxes of one image and action are
joined as columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mot_model.boxes import rowwise_iou
from mot_model.structures import Array
from mot_platform.metrics.actions.average_precision import average_precision
from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys
from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionBoxes:
    """Boxes with one action each, as columns; a person who does three things has three rows.

    Raises:
        ValueError: if the columns differ in length, or a box or score is not finite.
    """

    image: Array
    """int64 `(R,)`, any numbering of the images."""
    xyxy: Array
    """float `(R, 4)`, pixels or normalised."""
    action_id: Array
    """int64 `(R,)`."""
    score: Array
    """float `(R,)`, of no meaning in ground truth."""

    def __post_init__(self) -> None:
        lengths = [len(self.image), len(self.xyxy), len(self.action_id), len(self.score)]
        if len(set(lengths)) != 1:
            raise ValueError(f"image, xyxy, action_id and score need one length, but have {lengths}")
        if not (np.isfinite(self.xyxy).all() and np.isfinite(self.score).all()):
            raise ValueError("a box with an action, or its score, is not finite")

    def __getitem__(self, keep: Array) -> ActionBoxes:
        """Return the rows that the mask or index array `keep` selects, in its order."""
        return ActionBoxes(
            image=self.image[keep],
            xyxy=self.xyxy[keep],
            action_id=self.action_id[keep],
            score=self.score[keep],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionMap:
    """Average precision by action, in [0, 1]."""

    mean_ap: float
    """Mean over the actions that the ground truth has; NaN if it has none."""
    ap_by_action: dict[int, float]
    """Those actions only."""
    precision_by_action: dict[int, Array] = field(default_factory=dict, compare=False)
    """float64 `(101,)` of each, `Precision.at_recall`."""
    num_truth_by_action: dict[int, int] = field(default_factory=dict)
    """Ground-truth boxes of each."""

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name but for the curves, None where undefined."""
        return {
            "mean_ap": None if math.isnan(self.mean_ap) else self.mean_ap,
            "ap_by_action": {str(action): value for action, value in self.ap_by_action.items()},
            "num_truth_by_action": {
                str(action): number for action, number in self.num_truth_by_action.items()
            },
        }


def _best_overlaps(truth: ActionBoxes, predicted: ActionBoxes) -> tuple[Array, Array]:
    """Return the row of the truth that each prediction overlaps most, and that IoU; -1 and 0 without one."""
    num_actions = int(max(truth.action_id.max(), predicted.action_id.max())) + 1
    row, candidate = pairs_of_equal_keys(
        predicted.image * num_actions + predicted.action_id, truth.image * num_actions + truth.action_id
    )
    return best_partners(row, candidate, predicted.xyxy, truth.xyxy)


def best_partners(row: Array, candidate: Array, boxes: Array, others: Array) -> tuple[Array, Array]:
    """Return which of `others` overlaps each of `boxes` `(N, 4)` most, and the IoU, both `(N,)`.

    The pairs to look at are `row` and `candidate`, by row; of equal overlaps the first counts. A box in no
    pair has -1 and 0.
    """
    iou = rowwise_iou(boxes[row], others[candidate])
    ranked = np.lexsort((-iou, row))
    first = ranked[np.unique(row[ranked], return_index=True)[1]]
    best, best_iou = np.full(len(boxes), -1), np.zeros(len(boxes))
    best[row[first]], best_iou[row[first]] = candidate[first], iou[first]
    return best, best_iou


def action_map(
    truth: ActionBoxes, predicted: ActionBoxes, *, action_ids: Sequence[int] | None = None
) -> ActionMap:
    """Return the frame-mAP at IoU 0.5 of `predicted` against `truth`.

    Predictions in images without ground truth count as wrong, so leave out images that were not labelled.
    Predictions without area are dropped; ground truth without area has to be found and can't be. Equal scores
    rank in the order of the rows.

    Args:
        truth: Ground truth, its scores ignored.
        predicted: Predictions.
        action_ids: Actions to evaluate, None for all in `truth`.

    Source: Gu et al., "AVA", CVPR 2018; the ActivityNet evaluator, `get_ava_performance.py`.
    """
    if action_ids is not None:
        truth = truth[np.isin(truth.action_id, list(action_ids))]
    actions, num_truth = np.unique(truth.action_id, return_counts=True)
    has_area = (predicted.xyxy[:, 2:] > predicted.xyxy[:, :2]).all(axis=1)
    predicted = predicted[has_area & np.isin(predicted.action_id, actions)]
    if not len(actions):
        return ActionMap(mean_ap=math.nan, ap_by_action={})
    predicted = predicted[np.argsort(-predicted.score, kind="stable")]
    is_right = np.zeros(len(predicted.score), bool)
    if len(is_right):
        best, iou = _best_overlaps(truth, predicted)
        reached = np.flatnonzero(iou >= MATCH_IOU)
        is_right[reached[np.unique(best[reached], return_index=True)[1]]] = True
    numbers = dict(zip(actions.tolist(), num_truth.tolist(), strict=True))
    found = {
        action: average_precision(is_right[predicted.action_id == action], number)
        for action, number in numbers.items()
    }
    return ActionMap(
        mean_ap=float(np.mean([precision.average for precision in found.values()])),
        ap_by_action={action: precision.average for action, precision in found.items()},
        precision_by_action={action: precision.at_recall for action, precision in found.items()},
        num_truth_by_action=numbers,
    )
