"""`mot-action label`: a folder of videos to Parquet, every input accounted for."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.terminal import EXIT_FAILED, one_line_errors, print_json
from mot_platform.config import load_config, plain
from mot_platform.engines import load_engine, tracker_for
from mot_platform.labelling.job import label_folder
from mot_platform.labelling.progress import display_on_stderr
from mot_platform.labelling.settings import LabelConfig, LabelRequest
from mot_platform.model_identity import resolve_model

app = typer.Typer()


@app.command("label")
def command(  # noqa: PLR0913 (the options of the command)
    folder: Annotated[
        str, typer.Argument(help="Folder of videos, a path or URL such as s3://bucket/videos.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for tracks/*.parquet and videos/*.parquet.")],
    weights: Annotated[str, typer.Option(help="A shipped name, a file, a run folder or models:/NAME@ALIAS.")],
    config: Annotated[Path | None, typer.Option(help="Settings, see configs/label.yaml.")] = None,
    tracker: Annotated[Path | None, typer.Option(help="Tracker settings, a YAML file.")] = None,
    segment_seconds: Annotated[float | None, typer.Option(help="Length of the pieces shared out.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes for the network; default: one per CPU.")
    ] = None,
    glob: Annotated[str | None, typer.Option(help="Which files are inputs; default: by extension.")] = None,
    retry_dead: Annotated[bool, typer.Option("--retry-dead", help="Try dead letters again.")] = False,
    retrack: Annotated[bool, typer.Option("--retrack", help="New tracks from staged detections.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if there are dead letters.")] = False,
    address: Annotated[str | None, typer.Option(help="Ray cluster; default: a private local one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Label every video below a folder; stopped anywhere, the same command goes on.

    Example: mot-action label videos --out labels --weights runs/demo
    """
    with one_line_errors():
        options = {"segment_seconds": segment_seconds, "workers": workers}
        overrides = [f"{name}={value}" for name, value in options.items() if value is not None]
        settings = load_config(config, LabelConfig, overrides)
        model = resolve_model(weights)
        tracker_config = tracker_for(model, tracker)
        request = LabelRequest(
            folder=folder,
            out=out,
            model_uri=model.uri,
            model_digest=model.digest,
            tracker_settings=plain(asdict(tracker_config)),
            config=settings,
            glob=glob,
            retry_dead=retry_dead,
            retrack=retrack,
            address=address,
            mlflow_run_id=model.mlflow_run_id,
        )
        with display_on_stderr() as display:
            engine_factory = partial(
                load_engine, model, tracker=tracker_config, use_gpu=settings.gpus_per_worker > 0
            )
            summary = label_folder(request, engine_factory, display=display)
    if as_json:
        print_json(asdict(summary))
    else:
        print(summary)
    if strict and summary.dead:
        raise typer.Exit(EXIT_FAILED)


if __name__ == "__main__":
    app()
