"""`mot-action track`: one video, image folder, webcam or stream, live."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_model.structures import Array, Tracks
from mot_platform.engines import load_engine, tracker_for
from mot_platform.model_identity import resolve_model
from mot_platform.track_outputs import TrackOutputs
from mot_platform.tracking import track_source
from mot_platform.video.viewer import LiveWindow

app = typer.Typer()


@app.command("track")
def command(
    source: Annotated[str, typer.Argument(help="Video file, image folder, webcam index or rtsp:// URL.")],
    weights: Annotated[str, typer.Option(help="A shipped name, a file, a run folder or models:/NAME@ALIAS.")],
    out: Annotated[Path | None, typer.Option(help="Annotated video to write, an mp4.")] = None,
    mot: Annotated[Path | None, typer.Option(help="MOTChallenge text to write.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Parquet file to write.")] = None,
    show: Annotated[bool, typer.Option(help="Show the frames in a window; q closes it.")] = False,
    tracker: Annotated[Path | None, typer.Option(help="Tracker settings, a YAML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Track one source and write or show what is found.

    Example: mot-action track street.mp4 --weights runs/demo --out tracked.mp4 --mot tracked.txt
    """
    with one_line_errors():
        model = resolve_model(weights)
        engine = load_engine(model, tracker=tracker_for(model, tracker))
        outputs = TrackOutputs(video=out, mot=mot, parquet=parquet)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
        progress = Progress(*columns, console=errors, disable=not errors.is_terminal)
        with LiveWindow(source, enabled=show) as window, progress:
            task = progress.add_task(f"tracking {source}", total=None)

            def seen(_tracks: Tracks, picture: Array | None) -> bool:
                progress.advance(task)
                return window.show(picture)

            summary = track_source(engine, source, outputs, seen=seen, draw=show)
    if as_json:
        print_json(asdict(summary))
    else:
        rate = summary.frames / max(summary.seconds, 1e-9)
        counts = f"{summary.frames} frames, {summary.rows} boxes, ids up to {summary.last_track_id}"
        print(f"{counts}, {rate:.1f} frames/s")


if __name__ == "__main__":
    app()
