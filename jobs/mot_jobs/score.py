"""`mot-action score`: every track metric from files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from mot_jobs.score_table import score_table
from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.score_files import score_files

app = typer.Typer()


@app.command("score")
def command(
    gt: Annotated[Path, typer.Option(help="A gt.txt, or a folder of SEQUENCE/gt/gt.txt.")],
    pred: Annotated[Path, typer.Option(help="A result file, or a folder of SEQUENCE.txt.")],
    benchmark: Annotated[
        Literal["mot17", "mot20", "dancetrack"],
        typer.Option(help="Whose rules say which ground truth counts."),
    ],
    frames: Annotated[
        str | None, typer.Option(help="Only these: FIRST:LAST, from 1, or second-half.")
    ] = None,
    motmetrics: Annotated[
        bool, typer.Option("--motmetrics", help="Add MOTA and IDF1 as motmetrics defines them (slower).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one line of JSON.")] = False,
) -> None:
    """Score MOTChallenge result files: HOTA, CLEAR and Identity as TrackEval gives them.

    Example: mot-action score --gt MOT17/train --pred results --benchmark mot17
    """
    with one_line_errors():
        scores = score_files(
            gt,
            pred,
            benchmark=benchmark,
            with_motmetrics=motmetrics,
            frames=FrameRange.parse(frames) if frames is not None else None,
        )
    if scores.files.ignored:
        errors.print(f"not scored, no sequence of that name: {', '.join(scores.files.ignored)}")
    if as_json:
        print_json(scores.report.to_dict())
        return
    print_table(score_table(scores.report))
    if motmetrics:
        figures = scores.report.scalars()
        shown = (f"{name} {100 * figures[f'motmetrics_{name}']:.2f}" for name in ("MOTA", "IDF1"))
        print(f"motmetrics, combined: {', '.join(shown)}")


if __name__ == "__main__":
    app()
