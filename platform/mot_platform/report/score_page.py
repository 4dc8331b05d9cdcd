"""The page of scores: what was scored, how good it is, and what went wrong, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.report.action_tables import action_rows, confusion_table, most_confused, reading_table
from mot_platform.report.rendering import count, render, write_page
from mot_platform.report.score_charts import (
    action_chart,
    detection_chart,
    hota_charts,
    separation_chart,
)
from mot_platform.report.score_contents import ScoreContents, ScoredSequence
from mot_platform.report.score_tables import (
    COUNTS,
    SHARES,
    detection_rows,
    score_cards,
    span_rows,
    track_rows,
    tube_rows,
)
from mot_platform.report.switch_strips import switch_strips


def write_score_page(path: Path, contents: ScoreContents) -> None:
    """Write the page to `path`; it appears there complete, in place of one that was there before.

    Args:
        path: The HTML file; its folder is made if need be.
        contents: What to show. Whatever is missing in it is left out of the page.

    Raises:
        OSError: if the file can't be written.
    """
    write_page(path, render_score_page(contents))


def render_score_page(contents: ScoreContents) -> str:
    """Return the page as text; every value in it is escaped."""
    report = contents.evaluation
    return render(
        "scores.html",
        contents=contents,
        cards=score_cards(contents),
        tracking=_tracking(report, contents.sequences) if report else None,
        separation=_separation(report) if report else None,
        detection=_detection(contents),
        actions=_actions(contents),
        shares=SHARES,
        counts=COUNTS,
    )


def _tracking(report: EvaluationReport, sequences: Sequence[ScoredSequence]) -> dict[str, object]:
    """Return what the page says of tracks."""
    wrong = report.combined.wrong_identity
    return {
        "rows": track_rows(report),
        "hota": hota_charts(report),
        "wrong": wrong,
        "spans": span_rows(report),
        "strips": switch_strips(wrong.spans, sequences),
    }


def _separation(report: EvaluationReport) -> dict[str, object] | None:
    """Return what the page says of how well embeddings tell people apart, None without embeddings."""
    if report.separation is None:
        return None
    return report.separation.to_dict() | {"chart": separation_chart(report.separation)}


def _detection(contents: ScoreContents) -> dict[str, object] | None:
    """Return what the page says of boxes, None where there was none to find."""
    if contents.boxes:
        boxes = contents.boxes
        of_what, whole = "class", boxes.overall
        commonest = sorted(boxes.classes, key=lambda one: -one.num_boxes)
        parts = [(one.name, one.detection) for one in commonest]
        note = f"{count(boxes.num_boxes)} boxes to find in {count(boxes.num_images)} images"
    elif contents.evaluation:
        of_what, whole, note = "sequence", contents.evaluation.combined.detection, ""
        parts = [(one.name, one.detection) for one in contents.evaluation.sequences]
    else:
        return None
    rows = detection_rows([*parts, ("mean of all" if contents.boxes else "all together", whole)])
    if not rows:
        return None
    return {"of_what": of_what, "rows": rows, "note": note, "precision": detection_chart(whole)}


def _actions(contents: ScoreContents) -> dict[str, object] | None:
    """Return what the page says of actions, None without any."""
    report = contents.actions
    combined = contents.evaluation.combined if contents.evaluation else None
    found: ActionMap | None = None
    accuracy: ActionAccuracy | None = None
    if report:
        found, accuracy = report.action_map, report.accuracy
    elif combined:
        found, accuracy = combined.action_map, combined.action_accuracy
    rows = action_rows(found, accuracy, contents.action_name)
    if not rows:
        return None
    return {
        "rows": rows,
        "precision": action_chart(found, rows) if found else None,
        "confusion": confusion_table(accuracy, contents.action_name) if accuracy else None,
        "confused": most_confused(accuracy, contents.action_name) if accuracy else (),
        "accuracy": accuracy,
        "identified": combined.identified_action_accuracy if combined else None,
        "readings": _readings(contents),
        "tubes": tube_rows(report.video_map, contents.action_name) if report and report.video_map else (),
        "num_images": report.num_images if report else None,
        "notes": report.notes if report else (),
    }


def _readings(contents: ScoreContents) -> dict[str, object] | None:
    """Return what the page says of other readings of the actions of the same tracks, None without any."""
    report = contents.evaluation
    if report is None or report.combined.action_map is None:
        return None
    table = reading_table(report.combined.action_map, report.other_actions, contents.action_name)
    if table is None:
        return None
    own = report.combined.action_accuracy
    accuracies = [own, *(scores.found for scores in report.other_actions.values())]
    return {"table": table, "accuracies": [accuracy and accuracy.accuracy for accuracy in accuracies]}
