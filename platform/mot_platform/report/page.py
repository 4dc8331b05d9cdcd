"""The page about a run of the main job: styles, charts, pictures and a clip lie inside."""

from __future__ import annotations

from pathlib import Path

from mot_platform.report.action_tables import action_rows, confusion_table
from mot_platform.report.contents import ReportContents
from mot_platform.report.curves import chart_groups
from mot_platform.report.labelled_folder import LabelledFolder, read_labelled_folder
from mot_platform.report.rendering import render, write_page
from mot_platform.report.scores import headline, sequence_rows
from mot_platform.report.videos import sample_clip, shown_videos


def write_report(path: Path, contents: ReportContents) -> None:
    """Write the page to `path`; it appears there complete, in place of one that was there before.

    Args:
        path: The HTML file; its folder is made if need be.
        contents: What to show. Whatever is missing in it is left out of the page.

    Raises:
        OSError: if the file can't be written.
    """
    write_page(path, render_page(contents))


def render_page(contents: ReportContents) -> str:
    """Return the page as text; every value in it is escaped."""
    labels, labels_problem = _labels(contents)
    combined = contents.evaluation.combined if contents.evaluation else None
    accuracy = combined.action_accuracy if combined else None
    return render(
        "run.html",
        contents=contents,
        cards=headline(contents),
        clip=sample_clip(contents),
        videos=shown_videos(contents),
        sequences=sequence_rows(contents),
        actions=action_rows(combined.action_map, accuracy, contents.action_name)
        if combined and accuracy
        else (),
        confusion=confusion_table(accuracy, contents.action_name) if accuracy else None,
        groups=chart_groups(contents.curves),
        labels=labels,
        labels_problem=labels_problem,
        longest_stage_s=max((stage.seconds for stage in contents.stages), default=0.0) or 1.0,
    )


def _labels(contents: ReportContents) -> tuple[LabelledFolder | None, str]:
    """Return the labelled folder, or None and what is wrong with it."""
    if contents.labels_folder is None:
        return None, ""
    try:
        return read_labelled_folder(contents.labels_folder), ""
    except OSError as error:
        return None, f"{contents.labels_folder}: its tables can't be read ({error})"
