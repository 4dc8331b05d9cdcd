"""What the page of scores shows, as plain values; it measures nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.boxes.coco_report import CocoReport
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.ground_truth import SequenceTruth


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredSequence:
    """The boxes of one sequence, for pictures of what went wrong in it."""

    truth: SequenceTruth
    """As it was scored; its name is the one in the scores."""
    predicted: MotRows
    """The tracks that were scored."""
    frames: str | None = None
    """A folder of images or a video, see `frames_beside`; None where there are no pictures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreContents:
    """Everything on the page. What is None or empty is left out.

    Raises:
        ValueError: if nothing was scored.
    """

    title: str
    created_at: datetime
    code_version: str
    scored: Mapping[str, str] = field(default_factory=dict)
    """What was scored, by what it is: "Ground truth", "Predictions", "Weights", "Run"."""
    evaluation: EvaluationReport | None = None
    """Scores of tracks."""
    sequences: Sequence[ScoredSequence] = ()
    """Where to look for what went wrong; those without one here get figures alone."""
    actions: ActionReport | None = None
    """Scores of actions from files that have no tracks."""
    boxes: CocoReport | None = None
    """Scores of boxes from files that have no tracks."""

    def __post_init__(self) -> None:
        if self.evaluation is None and self.actions is None and self.boxes is None:
            raise ValueError(
                "a page of scores needs an evaluation of tracks, or a report on actions or boxes"
            )

    @property
    def benchmark(self) -> str:
        """Whose rules said what counts."""
        report = self.evaluation or self.actions
        return report.benchmark if report else "coco"

    def action_name(self, action_id: int) -> str:
        """Return the name of an action as the scores have it, or else its number."""
        for report in (self.actions, self.evaluation):
            if report and action_id in report.action_names:
                return report.action_names[action_id]
        return f"action {action_id}"
