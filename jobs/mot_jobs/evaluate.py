"""`mot-action evaluate`: the engine over a labelled corpus, then every metric."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.evaluation_tables import evaluation_tables
from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.datasets.truth import read_labelled
from mot_platform.engines import load_engine, tracker_for
from mot_platform.evaluating import evaluate
from mot_platform.evaluation_outputs import write_evaluation
from mot_platform.evaluation_run import record_evaluation
from mot_platform.model_identity import resolve_model
from mot_platform.schema import Vocabulary
from mot_platform.scoring import TrackBenchmark

app = typer.Typer()


@app.command("evaluate")
def command(
    weights: Annotated[str, typer.Option(help="A shipped name, a file, a run folder or models:/NAME@ALIAS.")],
    data: Annotated[Path, typer.Option(help="Labelled corpus, or an index from data prepare.")],
    split: Annotated[str | None, typer.Option(help="What of an index to score, such as val.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source of an index.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tracks, scores.json, report.html and the MLflow run.")
    ] = None,
    benchmark: Annotated[TrackBenchmark, typer.Option(help="Whose rules say what counts.")] = "plain",
    tracker: Annotated[Path | None, typer.Option(help="Tracker settings, a YAML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one line of JSON.")] = False,
) -> None:
    """Track every video of a corpus and score identity, detection and action.

    The scores are recorded as an MLflow run in MLFLOW_TRACKING_URI, else in the folder --out.

    Example: mot-action evaluate --weights runs/demo --data data/index --split val --out scores
    """
    with one_line_errors():
        model = resolve_model(weights)
        settings = tracker_for(model, tracker)
        engine = load_engine(model, tracker=settings)
        videos = read_labelled(data, split, Vocabulary.of(engine), source=source)
        if nameless := sum(not video.has_ids for video in videos):
            errors.print(
                f"{nameless} of {len(videos)} videos have no identities: HOTA, IDF1 and IDSW say nothing"
            )
        evaluation = evaluate(
            engine,
            videos,
            benchmark=benchmark,
            video_done=lambda name: errors.print(f"tracked {name}"),
        )
        if out is not None:
            write_evaluation(out, evaluation, videos, model=model, data=data)
    if as_json:
        print_json(evaluation.report.scalars())
    else:
        for table in evaluation_tables(evaluation.report):
            print_table(table)
    with one_line_errors():
        run = record_evaluation(
            evaluation.report,
            model=model,
            data=", ".join(filter(None, (str(data), source, split))),
            out=out,
            tracker_settings=asdict(settings),
        )
    if run is not None:
        errors.print(f"recorded as MLflow run {run.run_id}")


if __name__ == "__main__":
    app()
