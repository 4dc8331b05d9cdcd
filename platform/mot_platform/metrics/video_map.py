"""Video-mAP: average precision of action tubes, which are boxes of one actor through the frames of a video."""

# A actions, K thresholds of tube IoU

from __future__ import annotations

import math
from dataclasses import dataclass

from mot_model.structures import Array

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

    def mean_ap(self, tube_iou: float) -> float:
        """Return the mean over actions at one of `TUBE_IOUS`; NaN without ground truth."""
        return float(self.ap[:, TUBE_IOUS.index(tube_iou)].mean()) if len(self.action_ids) else math.nan

    @property
    def mean_ap_50_95(self) -> float:
        """Mean over actions and the tube IoUs 0.5, 0.55 .. 0.95."""
        return float(self.ap[:, 1:].mean()) if len(self.action_ids) else math.nan

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
