"""`mot-action evaluate`: the engine over a labelled corpus, then every metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.score_table import score_table
from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.corpus import read_corpus
from mot_platform.evaluating import evaluate
from mot_platform.formats.motchallenge import write_mot
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.weights import load_engine, load_tracker_config, resolve_model

app = typer.Typer()


@app.command("evaluate")
def command(
    weights: Annotated[str, typer.Option(help="A .safetensors file, a run folder, or models:/NAME@ALIAS.")],
    data: Annotated[Path, typer.Option(help="Labelled corpus.")],
    out: Annotated[Path | None, typer.Option(help="Folder for tracks and scores.")] = None,
    tracker: Annotated[Path | None, typer.Option(help="Tracker settings, a YAML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one line of JSON.")] = False,
) -> None:
    """Track every video of a corpus and score identity, detection and action.

    Example: mot-action evaluate --weights runs/demo --data corpus/test --out scores
    """
    with one_line_errors():
        videos = read_corpus(data)
        model = resolve_model(weights)
        engine = load_engine(model, tracker=load_tracker_config(tracker))
        evaluation = evaluate(engine, videos, video_done=lambda name: errors.print(f"tracked {name}"))
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name, tracks in evaluation.tracks.items():
                write_mot(out / f"{name}.txt", SequencePrediction.from_tracks(tracks).rows)
            maker = {"uri": model.uri, "digest": model.digest, "mlflow_run_id": model.mlflow_run_id}
            scores = evaluation.report.to_dict() | {"model": maker}
            (out / "scores.json").write_text(json.dumps(scores, indent=2))
    if as_json:
        print_json(evaluation.report.scalars())
    else:
        print_table(score_table(evaluation.report))


if __name__ == "__main__":
    app()
