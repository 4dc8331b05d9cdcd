"""The tables of an evaluation for the terminal: sequences, identity, actions, and last what counts most."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from mot_jobs.score_table import score_table
from mot_platform.metrics.actions.action_readings import READING_NAMES
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.identity.separation import IdentitySeparation

HEADLINE = {
    "detection_AP50": "detection mAP50",
    "IDF1": "IDF1",
    "HOTA": "HOTA",
    "MOTA": "MOTA",
    "action_mAP": "action mAP (frame, IoU 0.5)",
    "action_accuracy": "action accuracy",
}
"""What a model is judged by: the name in `EvaluationReport.scalars`, and what people call it."""


def evaluation_tables(report: EvaluationReport) -> Iterator[Table]:
    """Yield the tables of `report`, those that there is anything for."""
    yield score_table(report)
    if report.separation:
        yield _separation_table(report.separation)
    if report.other_actions:
        yield _readings_table(report)
    yield _headline_table(report)


def _separation_table(separation: IdentitySeparation) -> Table:
    table = Table(
        title="Identity embedding, people some frames apart",
        caption="shares in %; same and different: pairs of one person and of two; accepted: similarity\n"
        f"of {separation.min_similarity:.2f} or more, from which on the tracker sees signs of one person",
    )
    columns = ("frames apart", "AUC", "found at 1 %\nfalse", "nearest is\nthe same", "(chance)")
    pairs = ("same:\nsimilarity", "accepted", "pairs", "different:\nsimilarity", "accepted", "pairs")
    for heading in (*columns, *pairs):
        table.add_column(heading, justify="right")
    for gap in separation.gaps:
        figures = gap.to_dict()
        table.add_row(
            str(gap.gap_frames),
            _decimal(figures["auc"]),
            *(_percent(figures[name]) for name in ("true_positive_rate", "rank_1", "rank_1_by_chance")),
            _decimal(figures["same_similarity"]),
            _percent(figures["same_accepted"]),
            str(gap.num_same),
            _decimal(figures["different_similarity"]),
            _percent(figures["different_accepted"]),
            str(gap.num_different),
        )
    return table


def _readings_table(report: EvaluationReport) -> Table:
    """Return what actions score when they are read from the memory of a track, and otherwise."""
    scalars = report.scalars()
    table = Table(title="Actions of the same tracks, read from")
    for heading in ("", "action mAP", "action accuracy"):
        table.add_column(heading, justify="right" if heading else "left")
    names = {"": "track memory"} | {f"{name}/": READING_NAMES[name] for name in report.other_actions}
    for prefix, name in names.items():
        figures = (scalars.get(f"{prefix}{figure}") for figure in ("action_mAP", "action_accuracy"))
        table.add_row(name, *(_percent(figure) for figure in figures))
    return table


def _headline_table(report: EvaluationReport) -> Table:
    scalars = report.scalars()
    table = Table(title="All sequences together")
    known = [name for name in HEADLINE if name in scalars]
    for name in known:
        table.add_column(HEADLINE[name], justify="right")
    table.add_row(*(_percent(scalars[name]) for name in known))
    return table


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"


def _decimal(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
