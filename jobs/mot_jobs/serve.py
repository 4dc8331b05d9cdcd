"""`mot-action serve`: the HTTP and WebSocket endpoint, in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.terminal import errors, one_line_errors
from mot_platform.serving.endpoint import Binding, serve_until_stopped
from mot_platform.serving.settings_file import load_serve_config

app = typer.Typer()


@app.command("serve")
def command(
    weights: Annotated[str, typer.Option(help="A shipped name, a file, a run folder or models:/NAME@ALIAS.")],
    host: Annotated[
        str, typer.Option(help="Address to listen on; beyond loopback it needs tokens.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    replicas: Annotated[int | None, typer.Option(help="Tracker replicas.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="Bearer tokens, one a line.")] = None,
    store: Annotated[Path | None, typer.Option(help="Folder where sessions survive.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings, see configs/serve.yaml.")] = None,
    address: Annotated[str | None, typer.Option(help="Ray cluster; default: a private local one.")] = None,
) -> None:
    """Serve streams and videos until Ctrl-C; open the URL in a browser for a page.

    Example: mot-action serve --weights runs/first --port 8000
    """
    with one_line_errors():
        given = {"weights": weights, "replicas": replicas, "token_file": token_file, "store": store}
        settings = load_serve_config(config, {n: v for n, v in given.items() if v is not None})
        serve_until_stopped(
            settings,
            Binding(host=host, port=port),
            address=address,
            ready=lambda url: errors.print(f"serving at {url}, Ctrl-C stops"),
        )


if __name__ == "__main__":
    app()
