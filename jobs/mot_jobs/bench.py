"""`mot-action bench`: how fast it is, beside what others take for the same."""

from __future__ import annotations

import typer

from mot_jobs.bench_associate import associate
from mot_jobs.bench_decode import decode

app = typer.Typer(no_args_is_help=True)
app.command("associate")(associate)
app.command("decode")(decode)


@app.callback()
def bench_help() -> None:
    """Measure parts of the program beside what others take for the same.

    Example: mot-action bench associate
    """


if __name__ == "__main__":
    app()
