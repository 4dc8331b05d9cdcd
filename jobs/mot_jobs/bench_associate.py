"""`mot-action bench associate`: time per step of our tracker and of those of others, in turns."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.benchmarking.association_speed import AssociationSpeed, measure_association
from mot_platform.benchmarking.contestants import present
from mot_platform.benchmarking.peers import contestants

DEFAULT_OBJECTS = (10, 30, 80, 200, 500)


def associate(
    objects: Annotated[
        list[int] | None,
        typer.Option(help="Objects in view; may be given again.  [default: 10 30 80 200 500]"),
    ] = None,
    rounds: Annotated[int, typer.Option(help="Runs of each tracker at each number.")] = 5,
    against: Annotated[
        list[str] | None, typer.Option(help="Only trackers with this in their name; may be given again.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Time a step of our tracker and of every installed tracker of others, in turns, on synthetic crowds.

    Example: mot-action bench associate --objects 80 --against pyxtrackers --against OC-SORT
    """
    with one_line_errors():
        objects = objects or list(DEFAULT_OBJECTS)
        field = present(contestants(against))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
            total = len(set(objects)) * max(rounds, 0) * len(field.contestants)
            task = progress.add_task("timing", total=total)
            speed = measure_association(
                field, objects=objects, rounds=rounds, on_run=lambda: progress.advance(task)
            )
    for library, reason in field.absent.items():
        errors.print(f"left out, needs pip install {library}: {reason}")
    if as_json:
        print_json(speed.to_dict())
    else:
        print_table(speed_table(speed))


def speed_table(speed: AssociationSpeed) -> Table:
    """Return a row per tracker, and per number of objects its median, its 99th percentile and its ratio."""
    table = Table(caption="median ms per step / 99th percentile / times ours just before, on one thread")
    table.add_column("tracker", no_wrap=True)
    for num in speed.steps:
        table.add_column(f"{num} objects", justify="right", no_wrap=True)
    for times in zip(*speed.steps.values(), strict=True):
        cells = [f"{time.median_ms:.3f} / {time.p99_ms:.2f} / {time.ratio:.2f}x" for time in times]
        table.add_row(times[0].name, *cells)
    return table
