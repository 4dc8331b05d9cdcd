"""`mot-action export`: the network as a program for other software."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.terminal import one_line_errors, print_json
from mot_platform.exporting import ExportFormat, export_weights

app = typer.Typer()


@app.command("export")
def command(
    weights: Annotated[str, typer.Option(help="A shipped name, a file, a run folder or models:/NAME@ALIAS.")],
    out: Annotated[Path, typer.Option(help="The file to write, a .pt2.")],
    export_format: Annotated[ExportFormat, typer.Option("--format", help="Only torch so far.")] = "torch",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Write one step of the network, its state as inputs and outputs, for torch.export.load.

    Example: mot-action export --weights nano --out nano.pt2
    """
    with one_line_errors():
        summary = export_weights(weights, out, export_format)
    if as_json:
        print_json(asdict(summary))
    else:
        for name, shape in summary.inputs.items():
            print(f"in   {name}  {'x'.join(str(side) for side in shape)}")
        for name in summary.outputs:
            print(f"out  {name}")
        print(f"{summary.out}: {summary.size_bytes / 2**20:.1f} MiB")


if __name__ == "__main__":
    app()
