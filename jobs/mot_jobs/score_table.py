"""A table of an evaluation for the terminal: a row per sequence, the combined figures last."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from mot_platform.metrics.evaluation_report import EvaluationReport

SHARES = {name: name for name in ("HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1", "recall", "precision")}
WHERE_KNOWN = {
    "detection_mAP": "box\nmAP",
    "detection_AP50": "box\nAP50",
    "action_mAP": "action\nmAP",
    "action_accuracy": "action\naccuracy",
    "identified_action_accuracy": "and own\ntrack",
}
COUNTS = ("FP", "FN", "IDSW", "Frag", "MT", "PT", "ML")


def score_table(report: EvaluationReport) -> Table:
    """Return the figures of `report`: shares in percent, counts as they are, a dash where undefined."""
    rows = [(scores.name, scores.scalars()) for scores in (*report.sequences, report.combined)]
    known = {name for _, figures in rows for name in figures}
    shares = SHARES | {name: heading for name, heading in WHERE_KNOWN.items() if name in known}
    table = Table(caption=_caption(report))
    table.add_column("sequence", no_wrap=True)
    for heading in (*shares.values(), *COUNTS, "wrong\nid", "for s"):
        table.add_column(heading, justify="right")
    for number, (sequence, figures) in enumerate(rows, start=1):
        table.add_row(
            sequence,
            *(_figure(figures, name, factor=100) for name in shares),
            *(f"{figures[name]:.0f}" for name in COUNTS),
            _figure(figures, "wrong_identity_share", factor=100),
            _figure(figures, "wrong_identity_mean_s", factor=1),
            end_section=number == len(rows) - 1,
        )
    return table


def _figure(figures: Mapping[str, float], name: str, *, factor: float) -> str:
    return f"{factor * figures[name]:.2f}" if name in figures else "-"


def _caption(report: EvaluationReport) -> str:
    """Return what the figures mean, and those of motmetrics where there are any."""
    lines = [
        f"benchmark {report.benchmark}; shares in %",
        "wrong id: found by a track that is not their own, for so many seconds on average",
    ]
    if checks := report.combined.motmetrics:
        lines.append(f"motmetrics: MOTA {100 * checks['mota']:.2f}, IDF1 {100 * checks['idf1']:.2f}")
    return "\n".join(lines)
