"""A table of an evaluation for the terminal: a row per sequence, the combined figures last."""

from __future__ import annotations

from rich.table import Table

from mot_platform.metrics.evaluation_report import EvaluationReport

SHARES = ("HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1", "recall", "precision")
DETECTION_AND_ACTION = (
    "detection_mAP",
    "detection_AP50",
    "action_mAP",
    "action_accuracy",
    "identified_action_accuracy",
)
WRONG_IDENTITY = {"wrong_identity_share": (100, "wrong id %"), "wrong_identity_mean_s": (1, "for s")}
"""Figure, factor and heading."""
COUNTS = ("FP", "FN", "IDSW", "Frag", "MT", "PT", "ML")


def score_table(report: EvaluationReport) -> Table:
    """Return the figures of `report`: shares in percent, counts as they are, a dash where undefined."""
    rows = [(scores.name, scores.scalars()) for scores in (*report.sequences, report.combined)]
    extra = tuple(name for name in DETECTION_AND_ACTION if any(name in figures for _, figures in rows))
    table = Table(caption=f"benchmark {report.benchmark}; shares in %")
    table.add_column("sequence", no_wrap=True)
    headings = [heading for _, heading in WRONG_IDENTITY.values()]
    for name in (*SHARES, *extra, *COUNTS, *headings):
        table.add_column(name.replace("_", " "), justify="right")
    for number, (sequence, figures) in enumerate(rows, start=1):
        shares = [f"{100 * figures[name]:.2f}" if name in figures else "-" for name in (*SHARES, *extra)]
        table.add_row(
            sequence,
            *shares,
            *(f"{figures[name]:.0f}" for name in COUNTS),
            *(
                f"{factor * figures[name]:.2f}" if name in figures else "-"
                for name, (factor, _) in WRONG_IDENTITY.items()
            ),
            end_section=number == len(rows) - 1,
        )
    return table
