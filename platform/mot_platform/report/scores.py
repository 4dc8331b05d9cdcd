"""Scores as the cards and tables of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mot_platform.metrics.evaluation_report import SequenceScores
from mot_platform.report.contents import ReportContents

MEANINGS = {
    "HOTA": ("HOTA", "detection and identity in one, over all overlaps"),
    "IDF1": ("IDF1", "boxes that keep the right identity over the video"),
    "MOTA": ("MOTA", "1 less the shares of missed boxes, false boxes and identity switches"),
    "detection_mAP": ("Detection mAP", "average precision of boxes, mean over overlaps of 0.5 to 0.95"),
    "detection_AP75": ("Detection mAP75", "average precision of boxes, at an overlap of 0.75"),
    "detection_AP50": ("Detection mAP50", "average precision of boxes, at an overlap of 0.5"),
    "action_mAP": ("Action mAP", "mean over actions of the average precision of boxes, at an overlap of 0.5"),
    "action_accuracy": ("Action accuracy", "visible people whose best-scored action is true"),
    "wrong_identity_share": ("Wrong identity", "matched boxes that have another track than the person's own"),
    "identified_action_accuracy": (
        "Action and identity",
        "visible people found by their own track whose best-scored action is true",
    ),
    "frame_mAP": ("Frame mAP", "mean over actions of the average precision of boxes, at an overlap of 0.5"),
    "video_mAP@0.5": (
        "Video mAP",
        "mean over actions of the average precision of tubes, at an overlap of 0.5",
    ),
    "video_mAP@0.5:0.95": ("Video mAP 0.5 to 0.95", "its mean over ten overlaps"),
}
"""By the name of a score in `SequenceScores.scalars`: what people call it, and what it says."""
_HEADLINE = ("HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy")
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


def headline(contents: ReportContents) -> tuple[Card, ...]:
    """Return the headline scores over all sequences; none without an evaluation."""
    if contents.evaluation is None:
        return ()
    scalars = contents.evaluation.scalars()
    return tuple(
        score_card(name, scalars, target=contents.targets.get(name), note=majority_note(name, scalars))
        for name in _HEADLINE
    )


def score_card(
    name: str, scalars: Mapping[str, float], *, target: float | None = None, note: str = ""
) -> Card:
    """Return the card of the score `name` among `scalars`."""
    label, meaning = MEANINGS[name]
    return Card(label=label, meaning=meaning, value=scalars.get(name), target=target, note=note)


def majority_note(name: str, scalars: Mapping[str, float]) -> str:
    """Return what to compare the action accuracy with; nothing for other scores."""
    if name != "action_accuracy" or "action_majority_accuracy" not in scalars:
        return ""
    return f"always saying the commonest: {scalars['action_majority_accuracy']:.2f}"


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
        shares=tuple(scalars.get(name) for name in _HEADLINE),
        counts=tuple(int(scalars[name]) for name in _COUNTS),
    )
