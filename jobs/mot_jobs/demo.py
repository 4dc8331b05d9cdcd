"""`mot-action demo`: the whole path in minutes, ending with a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_jobs.train import show_report
from mot_platform.config import load_config
from mot_platform.demo import DemoConfig, run_demo

app = typer.Typer()


@app.command("demo")
def command(
    out: Annotated[Path, typer.Option(help="Folder for everything the demo makes.")] = Path("demo"),
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change one size, e.g. train_videos=8.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Make a corpus, train, evaluate, label a folder and write a report: about four minutes on two cores.

    Example: mot-action demo --out demo
    """
    with one_line_errors():
        config = load_config(None, DemoConfig, overrides or ())
        result = run_demo(out, config, announce=errors.print, progress=show_report)
    scores = result.evaluation.report.scalars()
    if as_json:
        files = {"report": result.report, "weights": result.weights}
        print_json(files | {"seconds": result.seconds, "scores": scores})
        return
    headline = ("HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy")
    print("  ".join(f"{name} {scores[name]:.3f}" for name in headline if name in scores))
    print(f"report: {result.report}  ({result.seconds:.0f} s)")


if __name__ == "__main__":
    app()
