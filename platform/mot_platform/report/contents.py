"""What the report shows, as plain values; it measures nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mot_model.structures import Tracks
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.report.machine import Machine


@dataclass(frozen=True, kw_only=True, slots=True)
class StageTiming:
    """How long a stage took and what it came to."""

    name: str
    seconds: float
    detail: str
    """What it did, such as "2800 frames, 118 frames/s"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportContents:
    """Everything on the page. What is None or empty is left out.

    Raises:
        ValueError: if there is not a name for each action.
    """

    title: str
    created_at: datetime
    code_version: str
    machine: Machine
    total_seconds: float
    """Wall time of the whole run."""
    corpus: str
    """What the scores were measured on, in words, such as "6 synthetic videos of a seed not trained on"."""
    evaluation: EvaluationReport | None = None
    targets: Mapping[str, float] = field(default_factory=dict)
    """What a score should reach at least, by its name in `EvaluationReport.scalars`."""
    tracks: Mapping[str, Tracks] = field(default_factory=dict)
    """Predicted tracks by name of the sequence."""
    truths: Sequence[SequenceTruth] = ()
    video_uris: Mapping[str, str] = field(default_factory=dict)
    """Where to open the video of each sequence; one that is not here gets no pictures."""
    class_names: tuple[str, ...] = ()
    """By class id."""
    action_ids: tuple[int, ...] = ()
    """The action of each column of `Tracks.action_score`."""
    action_names: tuple[str, ...] = ()
    """Name of each of those columns."""
    curves: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    """(step, value) points by the name of the metric, as MLflow has them."""
    labels_folder: Path | None = None
    """Output folder of `label`."""
    stages: Sequence[StageTiming] = ()
    commands: Sequence[tuple[str, str]] = ()
    """(what it does, the command) to go on with."""
    lineage: Mapping[str, str] = field(default_factory=dict)
    """What made this: digests, run id, seeds."""

    def __post_init__(self) -> None:
        if len(self.action_ids) != len(self.action_names):
            raise ValueError(f"{len(self.action_names)} action names for {len(self.action_ids)} action ids")

    def action_name(self, action_id: int) -> str:
        """Return the name of an action: the model's word for it, the evaluation's, or its number."""
        names = dict(self.evaluation.action_names) if self.evaluation else {}
        names |= dict(zip(self.action_ids, self.action_names, strict=True))
        return names.get(action_id, f"action {action_id}")
