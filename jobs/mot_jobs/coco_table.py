"""A table of the scores of COCO json for the terminal: a row per class, the means over classes last."""

from __future__ import annotations

import math

from rich.table import Table

from mot_platform.metrics.boxes.coco_report import CocoReport
from mot_platform.metrics.boxes.detection_map import DetectionScores

SHARES = {
    "AP": "mean_ap",
    "AP50": "ap50",
    "AP75": "ap75",
    "AP small": "ap_small",
    "AP medium": "ap_medium",
    "AP large": "ap_large",
    "recall": "recall_100",
}


def coco_table(report: CocoReport) -> Table:
    """Return the figures of `report`: shares in percent, counts as they are, a dash where undefined."""
    others = f"; {report.num_unknown} predictions of other classes" if report.num_unknown else ""
    table = Table(caption=f"benchmark coco, {report.num_images} images; shares in %{others}")
    table.add_column("class", no_wrap=True)
    for name in (*SHARES, "boxes", "predicted"):
        table.add_column(name, justify="right")
    for number, part in enumerate(report.classes, start=1):
        table.add_row(
            part.name,
            *_shares(part.detection),
            str(part.num_boxes),
            str(part.num_predictions),
            end_section=number == len(report.classes),
        )
    counted = report.num_predictions - report.num_unknown
    table.add_row("MEAN", *_shares(report.overall), str(report.num_boxes), str(counted))
    return table


def _shares(scores: DetectionScores) -> list[str]:
    values = [getattr(scores, name) for name in SHARES.values()]
    return ["-" if math.isnan(value) else f"{100 * value:.2f}" for value in values]
