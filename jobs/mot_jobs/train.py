"""`mot-action train`: train the joint network with Ray Train."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.evaluation_tables import HEADLINE
from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_platform.config import load_config
from mot_platform.training.config import TrainConfig, parse_workers
from mot_platform.training.run import train

app = typer.Typer()


@app.command("train")
def command(
    config: Annotated[Path, typer.Option(help="Training configuration, a YAML file.")],
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change one setting, e.g. optimizer.learning_rate=1e-3.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the run; the same name resumes it.")] = None,
    storage: Annotated[Path, typer.Option(help="Folder of runs, shared by all nodes.")] = Path("runs"),
    workers: Annotated[
        str | None, typer.Option(help="Data-parallel processes: N, or MIN:MAX for an elastic run.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Ray cluster to run on; default: this machine.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Train the joint network, or resume the run of the same name.

    Example: mot-action train --config configs/train/demo.yaml --set data.sources='[{root: corpus}]'
    """
    with one_line_errors():
        settings = load_settings(config, overrides, workers)
        run_name = name or config.stem
        result = train(settings, name=run_name, storage=storage, address=address, progress=show_report)
    if as_json:
        print_json(
            {"weights": result.weights, "mlflow_run_id": result.mlflow_run_id, "metrics": result.metrics}
        )
    else:
        print(f"weights: {result.weights}  MLflow run {result.mlflow_run_id} in {result.tracking_uri}")


def load_settings(config: Path, overrides: list[str] | None, workers: str | None) -> TrainConfig:
    """Return the run that the options of this command describe."""
    settings = load_config(config, TrainConfig, overrides or ())
    return settings if workers is None else replace(settings, workers=parse_workers(workers))


def show_report(metrics: dict[str, float]) -> None:
    """Print one line for a report of the running training."""
    step, total, speed = int(metrics["step"]), metrics["loss/total"], metrics["frames_per_second"]
    found = {name: metrics.get(f"validation/{name}") for name in HEADLINE}
    scores = "  ".join(f"{name} {value:.3f}" for name, value in found.items() if value is not None)
    errors.print(f"step {step}  loss {total:.3f}  {speed:.0f} frames/s  {scores}".rstrip())


if __name__ == "__main__":
    app()
