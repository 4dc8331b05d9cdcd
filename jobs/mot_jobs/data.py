"""`mot-action data`: data sets to train and test on."""

from __future__ import annotations

import typer

from mot_jobs.data_prepare import prepare_data
from mot_jobs.data_show import show
from mot_jobs.synth import synth

app = typer.Typer(no_args_is_help=True)
app.command("synth")(synth)
app.command("prepare")(prepare_data)
app.command("show")(show)


@app.callback()
def data_help() -> None:
    """Make, prepare and look at data sets to train and test on."""


if __name__ == "__main__":
    app()
