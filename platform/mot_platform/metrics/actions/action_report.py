"""The scores of actions from files, ready for a table, JSON and MLflow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.video_map import VideoMap


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionReport:
    """What a file of predicted actions scores on a benchmark."""

    benchmark: str
    action_map: ActionMap
    """Frame-mAP at IoU 0.5."""
    accuracy: ActionAccuracy | None = None
    """Over ground-truth boxes, with the confusion matrix; None without ground truth."""
    video_map: VideoMap | None = None
    """Of tubes; None where the benchmark has none."""
    action_names: Mapping[int, str] = field(default_factory=dict)
    num_images: int
    """Images with ground truth, be it that nobody is there."""
    notes: tuple[str, ...] = ()
    """A line each: what was not counted, and why."""

    def scalars(self) -> dict[str, float]:
        """Return the figures, flat, without those that are undefined."""
        figures = {"frame_mAP": self.action_map.mean_ap}
        if self.video_map:
            figures |= self.video_map.scalars()
        if self.accuracy:
            figures["action_accuracy"] = self.accuracy.accuracy
            figures["action_accuracy_of_matched"] = self.accuracy.accuracy_of_matched
            figures["action_majority_accuracy"] = self.accuracy.majority_accuracy
            figures["action_mean_recall"] = self.accuracy.mean_recall
        return {name: value for name, value in figures.items() if not math.isnan(value)}

    def to_dict(self) -> dict[str, object]:
        """Return the whole report for JSON, None where undefined."""
        return {
            "benchmark": self.benchmark,
            "num_images": self.num_images,
            "action_names": {str(action): name for action, name in self.action_names.items()},
            "action_map": self.action_map.to_dict(),
            "video_map": self.video_map and self.video_map.to_dict(),
            "action_accuracy": self.accuracy and self.accuracy.to_dict(),
            "notes": list(self.notes),
        }
