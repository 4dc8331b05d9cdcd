"""Video-mAP: average precision of action tubes."""

# A actions, K thresholds of tube IoU

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.actions.average_precision import average_precision
from mot_platform.metrics.actions.tubes import Tubes, tube_overlaps

TUBE_IOUS = (0.2, *(percent / 100 for percent in range(50, 100, 5)))
"""The thresholds that are reported: 0.2 and those of the mean over 0.5, 0.55 .. 0.95."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoMap:
    """Average precision of tubes by action and tube IoU, in [0, 1]."""

    action_ids: tuple[int, ...]
    """The actions that the ground truth has."""
    ap: Array
    """float64 `(A, K)`, K for `TUBE_IOUS`."""
    num_truth: Array
    """int64 `(A,)`, tubes of each action in the ground truth."""
    num_predicted: Array
    """int64 `(A,)`, predicted tubes of each."""

    def ap_at(self, tube_iou: float) -> Array:
        """Return the AP of each action `(A,)` at one of `TUBE_IOUS`."""
        ap: Array = self.ap[:, TUBE_IOUS.index(tube_iou)]
        return ap

    @property
    def ap_50_95(self) -> Array:
        """float64 `(A,)`, mean of each action over the tube IoUs 0.5, 0.55 .. 0.95."""
        ap: Array = self.ap[:, TUBE_IOUS.index(0.5) :].mean(axis=1)
        return ap

    def mean_ap(self, tube_iou: float) -> float:
        """Return the mean over actions at one of `TUBE_IOUS`; NaN without ground truth."""
        return float(self.ap_at(tube_iou).mean()) if len(self.action_ids) else math.nan

    @property
    def mean_ap_50_95(self) -> float:
        """Mean over actions and the tube IoUs 0.5, 0.55 .. 0.95."""
        return float(self.ap_50_95.mean()) if len(self.action_ids) else math.nan

    def scalars(self) -> dict[str, float]:
        """Return the figures by the names under which they are published, NaN where undefined."""
        means = {f"video_mAP@{tube_iou:g}": self.mean_ap(tube_iou) for tube_iou in (0.2, 0.5, 0.75)}
        return {**means, "video_mAP@0.5:0.95": self.mean_ap_50_95}

    def to_dict(self) -> dict[str, object]:
        """Return the means, and per action its AP at each tube IoU and its tubes; None where undefined."""
        figures = {name: None if math.isnan(value) else value for name, value in self.scalars().items()}
        columns = zip(self.num_truth.tolist(), self.num_predicted.tolist(), self.ap.tolist(), strict=True)
        by_action = {
            str(action): {"num_truth": truth, "num_predicted": predicted, "ap": ap}
            for action, (truth, predicted, ap) in zip(self.action_ids, columns, strict=True)
        }
        return {**figures, "tube_ious": list(TUBE_IOUS), "by_action": by_action}


def video_map(truth: Tubes, predicted: Tubes) -> VideoMap:
    """Return the average precision of tubes.

    Best score first, each predicted tube takes the ground-truth tube of its video and action that overlaps it
    most and is not taken yet, and is right if their tube IoU reaches the threshold. AP is the area under the
    precision envelope.

    Source: Kalogeiton et al., ICCV 2017 (`videoAP`) and Singh et al., ICCV 2017 (`get_PR_curve`) for the
    matching; the area is that of the latter, where the former joins the points of the curve by lines.
    """
    actions, num_truth = np.unique(truth.action_id, return_counts=True)
    predicted = predicted[np.isin(predicted.action_id, actions)]
    ranked = np.argsort(-predicted.score, kind="stable")
    rivals = _rivals(predicted, truth)
    ap = np.zeros((len(actions), len(TUBE_IOUS)))
    for column, tube_iou in enumerate(TUBE_IOUS):
        right = _right(ranked, rivals, tube_iou)[ranked]
        for place, (action, number) in enumerate(zip(actions, num_truth, strict=True)):
            of_action = right[predicted.action_id[ranked] == action]
            ap[place, column] = average_precision(of_action, int(number)).average
    return VideoMap(
        action_ids=tuple(actions.tolist()),
        ap=ap,
        num_truth=num_truth,
        num_predicted=np.array([(predicted.action_id == action).sum() for action in actions], np.int64),
    )


def _rivals(predicted: Tubes, truth: Tubes) -> dict[int, list[tuple[int, float]]]:
    """Return for each predicted tube the ground-truth tubes it overlaps, most first, and how much."""
    tube, other, iou = tube_overlaps(predicted, truth)
    order = np.lexsort((-iou, tube))
    rivals: dict[int, list[tuple[int, float]]] = {}
    for row in order.tolist():
        rivals.setdefault(int(tube[row]), []).append((int(other[row]), float(iou[row])))
    return rivals


def _right(ranked: Array, rivals: dict[int, list[tuple[int, float]]], tube_iou: float) -> Array:
    """Return the mask of the predicted tubes that are right at one threshold."""
    right = np.zeros(len(ranked), bool)
    taken: set[int] = set()
    for tube in ranked.tolist():
        for other, iou in rivals.get(tube, ()):
            if iou >= tube_iou and other not in taken:
                taken.add(other)
                right[tube] = True
                break
    return right
