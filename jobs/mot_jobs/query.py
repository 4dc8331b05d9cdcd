"""`mot-action query`: a video, image folder, webcam or stream tracked by a running endpoint."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_platform.serving.access import read_tokens
from mot_platform.serving.querying import Mode, QueryRequest, query_outputs, query_source

app = typer.Typer()


@app.command("query")
def command(
    video: Annotated[str, typer.Argument(help="Video file, image folder, webcam index or rtsp:// URL.")],
    url: Annotated[str, typer.Option(help="Address of the endpoint, such as http://127.0.0.1:8000.")],
    out: Annotated[
        list[str] | None,
        typer.Option(help="File to write, .mp4, .parquet or .ndjson; - is NDJSON on stdout. Repeatable."),
    ] = None,
    session: Annotated[
        str | None, typer.Option(help="Name of the session; a live one can be gone on with.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="File whose first line is the bearer token.")
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="Frame by frame over a WebSocket, or a file in one piece.")
    ] = "stream",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Send a video to an endpoint and write the tracks that come back.

    Example: mot-action query street.mp4 --url http://127.0.0.1:8000 --out tracked.mp4
    """
    to_stdout = "-" in (out or [])
    with one_line_errors():
        outputs = query_outputs([path for path in out or [] if path != "-"])
        token = read_tokens(token_file)[0] if token_file else None
        request = QueryRequest(source=video, url=url, mode=mode, session=session, token=token)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
        with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
            task = progress.add_task(f"querying {video}", total=None)
            summary = query_source(
                request,
                outputs,
                lines=sys.stdout if to_stdout else None,
                seen=lambda _: progress.advance(task),
            )
    if as_json:
        print_json(asdict(summary))
    else:
        print(summary, file=sys.stderr if to_stdout else sys.stdout)


if __name__ == "__main__":
    app()
