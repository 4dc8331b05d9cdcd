"""`mot-action data`: corpora to train and test on."""

from __future__ import annotations

import typer

from mot_jobs.synth import synth

app = typer.Typer(no_args_is_help=True)
app.command("synth")(synth)


@app.callback()
def data_help() -> None:
    """Make corpora to train and test on."""


if __name__ == "__main__":
    app()
