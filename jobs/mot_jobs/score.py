"""`mot-action score`: every metric from files alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from mot_jobs.score_table import score_table
from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.cluster import usable_cpus
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.scoring import ScoreBenchmark, ScoreRequest, score, write_page

if TYPE_CHECKING:
    from mot_platform.metrics.boxes.coco_report import CocoReport

app = typer.Typer()


@app.command("score")
def command(  # noqa: PLR0913 - the options of a command
    gt: Annotated[Path, typer.Option(help="Ground truth: a file, or a folder of sequences.")],
    pred: Annotated[Path, typer.Option(help="Predictions: a file, or a folder of them.")],
    benchmark: Annotated[ScoreBenchmark, typer.Option(help="Whose rules say what counts.")],
    frames: Annotated[
        str | None, typer.Option(help="Tracks: only these, FIRST:LAST from 1, or second-half.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Actions: the list of those to evaluate.")] = None,
    exclude: Annotated[Path | None, typer.Option(help="AVA: csv of video,time to leave out.")] = None,
    motmetrics: Annotated[
        bool, typer.Option("--motmetrics", help="Tracks: add the figures of motmetrics (slower).")
    ] = False,
    boxes: Annotated[
        bool, typer.Option("--boxes", help="Tracks: add the average precision of their boxes (slower).")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to share sequences among; default: every CPU.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with curves and pictures here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one line of JSON.")] = False,
) -> None:
    """Score files: tracks as TrackEval does, actions as AVA and JHMDB do, boxes as COCO does.

    Example: mot-action score --gt MOT17/train --pred results --benchmark mot17 --html scores.html
    """
    with one_line_errors():
        request = ScoreRequest(
            gt=gt,
            pred=pred,
            benchmark=benchmark,
            frames=FrameRange.parse(frames) if frames is not None else None,
            with_motmetrics=motmetrics,
            with_boxes=boxes,
            labels=labels,
            exclude=exclude,
            workers=workers or usable_cpus(),
        )
        scored = score(request)
        if html is not None:
            write_page(html, request, scored)
    for note in scored.notes:
        errors.print(note)
    if as_json:
        print_json(scored.report.to_dict())
    else:
        print_table(_table(scored.report))


def _table(report: EvaluationReport | ActionReport | CocoReport) -> Table:
    """Return the table of a report; those of other kinds than tracks are imported only for them."""
    if isinstance(report, EvaluationReport):
        return score_table(report)
    if isinstance(report, ActionReport):
        from mot_jobs.action_table import action_table

        return action_table(report)
    from mot_jobs.coco_table import coco_table

    return coco_table(report)


if __name__ == "__main__":
    app()
