"""Charts of the page of scores: HOTA over its thresholds, precision over recall."""

from __future__ import annotations

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.boxes.detection_map import DetectionScores
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.identity.separation import SIMILARITIES, IdentitySeparation
from mot_platform.metrics.tracks.hota import ALPHAS
from mot_platform.report.action_tables import ActionRow
from mot_platform.report.line_chart import LineChart, Series, draw_lines

MAX_ACTIONS = 6
"""Curves of the commonest actions; more can't be told apart."""
NUM_WORST = 3
"""Sequences that are named beside the best, where there are too many to name them all."""

_RECALL = np.linspace(0, 1, 101)
_OVERLAP = "overlap that counts as a match (alpha)"
_IOU_75 = 5  # of 0.50, 0.55 .. 0.95


def hota_charts(report: EvaluationReport) -> tuple[LineChart, ...]:
    """Return HOTA and its parts over all sequences, and where there are several, HOTA of each."""
    combined = report.combined.hota
    parts = {"HOTA": combined.hota, "DetA": combined.det_a, "AssA": combined.ass_a, "LocA": combined.loc_a}
    lines = [
        Series(name=name, value=float(y.mean()), y=y, is_bold=name == "HOTA") for name, y in parts.items()
    ]
    charts = [draw_lines("All sequences", ALPHAS, lines, x_name=_OVERLAP, note="mean over alpha")]
    if len(report.sequences) > 1:
        whole = Series(name="all", value=float(combined.hota.mean()), y=combined.hota, is_bold=True)
        best_first = sorted(report.sequences, key=lambda one: -float(one.hota.hota.mean()))
        named = [one.name for one in (best_first[0], *best_first[-NUM_WORST:])]
        each = [
            Series(
                name=one.name, value=float(one.hota.hota.mean()), y=one.hota.hota, is_named=one.name in named
            )
            for one in report.sequences
        ]
        charts.append(draw_lines("HOTA by sequence", ALPHAS, [whole, *each], x_name=_OVERLAP, note="mean"))
    return tuple(chart for chart in charts if chart)


def detection_chart(scores: DetectionScores) -> LineChart | None:
    """Return the precision of boxes over their recall; None without ground truth."""
    precision = scores.precision
    lines = [
        Series(
            name="mean of 0.50 to 0.95", value=_finite(scores.mean_ap), y=precision.mean(axis=0), is_bold=True
        ),
        Series(name="overlap 0.50", value=_finite(scores.ap50), y=precision[0]),
        Series(name="overlap 0.75", value=_finite(scores.ap75), y=precision[_IOU_75]),
    ]
    return draw_lines("Boxes", _RECALL, lines, x_name="recall", note="average precision")


def action_chart(scores: ActionMap, rows: tuple[ActionRow, ...]) -> LineChart | None:
    """Return the precision of the commonest actions over their recall.

    Args:
        scores: Their precision.
        rows: Actions, the commonest first.
    """
    found: dict[int, Array] = scores.precision_by_action
    lines = [
        Series(name=row.name.split(" (")[0], value=row.average_precision, y=found[row.action_id])
        for row in rows
        if row.action_id in found
    ]
    return draw_lines(
        "Commonest actions", _RECALL, lines[:MAX_ACTIONS], x_name="recall", note="average precision"
    )


def separation_chart(separation: IdentitySeparation) -> LineChart | None:
    """Return how many pairs of one person, and of two, are at least as similar as what; None without any."""
    lines = [
        Series(
            name=f"same, {gap.gap_frames} frame{'' if gap.gap_frames == 1 else 's'} apart",
            value=_finite(gap.same_similarity),
            y=gap.same_above,
            is_bold=True,
        )
        for gap in separation.gaps
    ]
    different = [
        Series(
            name=f"different, {gap.gap_frames}",
            value=_finite(gap.different_similarity),
            y=gap.different_above,
        )
        for gap in separation.gaps
    ]
    return draw_lines(
        "Pairs at least so similar",
        SIMILARITIES,
        [*lines, *different],
        x_name="cosine similarity",
        note="share of the pairs; mean similarity",
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
