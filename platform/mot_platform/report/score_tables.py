"""Tables of the page of scores: tracks and boxes by sequence, people with a wrong track, tubes by action."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mot_platform.metrics.actions.video_map import TUBE_IOUS, VideoMap
from mot_platform.metrics.boxes.detection_map import DetectionScores
from mot_platform.metrics.evaluation_report import EvaluationReport, SequenceScores
from mot_platform.metrics.tracks.wrong_identity import WrongIdentitySpan
from mot_platform.report.rendering import count, duration
from mot_platform.report.score_contents import ScoreContents
from mot_platform.report.scores import Card, majority_note, score_card

SHARES = ("HOTA", "DetA", "AssA", "MOTA", "IDF1")
COUNTS = ("IDSW", "Frag", "MT", "PT", "ML", "FP", "FN")
DETECTION = ("mean_ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "recall_100")
MAX_SPANS = 12

_CARDS = (
    "detection_AP50",
    "IDF1",
    "HOTA",
    "MOTA",
    "wrong_identity_share",
    "action_mAP",
    "action_accuracy",
    "identified_action_accuracy",
)
_ACTION_CARDS = ("frame_mAP", "video_mAP@0.5", "video_mAP@0.5:0.95", "action_accuracy")
_BOX_CARDS = ("detection_mAP", "detection_AP50", "detection_AP75")
_TUBE_IOUS = (0.2, 0.5, 0.75)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackRow:
    """The scores of the tracks of one sequence, or of all."""

    name: str
    num_frames: int
    shares: tuple[float | None, ...]
    """Those of `SHARES`."""
    counts: tuple[int, ...]
    """Those of `COUNTS`."""
    wrong_share: float
    """Of the matched boxes, how many have another track than the person's own."""
    wrong_mean_s: float | None
    """How long that lasts; None where it never happens or the frame rate is unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionRow:
    """The scores of the boxes of one sequence or class, or of all."""

    name: str
    figures: tuple[float | None, ...]
    """Those of `DETECTION`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpanRow:
    """A person whom a wrong track follows for a while."""

    span: WrongIdentitySpan
    seconds: float | None
    """None where the frame rate is unknown."""
    length: float
    """Share of the longest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TubeRow:
    """Average precision of the tubes of one action, or the mean."""

    name: str
    num_truth: int
    average_precisions: tuple[float, ...]
    """At tube IoU 0.2, 0.5, 0.75 and over 0.5 to 0.95."""


def score_cards(contents: ScoreContents) -> tuple[Card, ...]:
    """Return the headline scores, those that there are."""
    scalars = contents.evaluation.scalars() if contents.evaluation else {}
    names = _CARDS if contents.evaluation else ()
    if contents.actions:
        scalars, names = scalars | contents.actions.scalars(), (*names, *_ACTION_CARDS)
    if contents.boxes:
        scalars, names = scalars | contents.boxes.scalars(), (*names, *_BOX_CARDS)
    return tuple(
        score_card(name, scalars, note=majority_note(name, scalars) or _wrong_note(name, contents))
        for name in dict.fromkeys(names)
        if name in scalars
    )


def _wrong_note(name: str, contents: ScoreContents) -> str:
    """Return how often and for how long identities are wrong; nothing for other scores."""
    if name != "wrong_identity_share" or contents.evaluation is None:
        return ""
    wrong = contents.evaluation.combined.wrong_identity
    length = (
        f", for {duration(wrong.mean_s)} on average" if wrong.spans and math.isfinite(wrong.mean_s) else ""
    )
    return f"{count(len(wrong.spans))} {'time' if len(wrong.spans) == 1 else 'times'}{length}"


def track_rows(report: EvaluationReport) -> tuple[TrackRow, ...]:
    """Return a row per sequence, then one for all together."""
    return tuple(_track_row(scores) for scores in (*report.sequences, report.combined))


def _track_row(scores: SequenceScores) -> TrackRow:
    scalars = scores.scalars()
    return TrackRow(
        name=scores.name,
        num_frames=scores.num_frames,
        shares=tuple(scalars.get(name) for name in SHARES),
        counts=tuple(int(scalars[name]) for name in COUNTS),
        wrong_share=scores.wrong_identity.wrong_share,
        wrong_mean_s=_defined(scores.wrong_identity.mean_s) if scores.wrong_identity.spans else None,
    )


def detection_rows(parts: Iterable[tuple[str, DetectionScores]]) -> tuple[DetectionRow, ...]:
    """Return a row of each of the named scores; none if the last, that of all, found no box to find."""
    rows = [
        DetectionRow(name=name, figures=tuple(_defined(getattr(scores, figure)) for figure in DETECTION))
        for name, scores in parts
    ]
    return tuple(rows) if rows[-1].figures[0] is not None else ()


def span_rows(report: EvaluationReport) -> tuple[SpanRow, ...]:
    """Return the people who have a wrong track for longest."""
    spans = report.combined.wrong_identity.spans[:MAX_SPANS]
    return tuple(
        SpanRow(span=span, seconds=_defined(span.seconds), length=span.num_frames / spans[0].num_frames)
        for span in spans
    )


def tube_rows(scores: VideoMap, action_name: Callable[[int], str]) -> tuple[TubeRow, ...]:
    """Return a row per action, then the mean."""
    columns = [TUBE_IOUS.index(iou) for iou in _TUBE_IOUS]
    rows = [
        TubeRow(
            name=action_name(action),
            num_truth=int(scores.num_truth[row]),
            average_precisions=(*scores.ap[row, columns].tolist(), float(scores.ap[row, 1:].mean())),
        )
        for row, action in enumerate(scores.action_ids)
    ]
    means = (*(scores.mean_ap(iou) for iou in _TUBE_IOUS), scores.mean_ap_50_95)
    whole = TubeRow(name="mean", num_truth=int(scores.num_truth.sum()), average_precisions=means)
    return (*sorted(rows, key=lambda row: (-row.num_truth, row.name)), whole) if rows else ()


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None
