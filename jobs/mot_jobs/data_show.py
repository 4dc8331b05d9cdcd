"""`mot-action data show`: what an index of data sets holds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.dataset_tables import histograms, not_ready_table, problem_table, source_table, split_table
from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.datasets.showing import IndexSummary, show_index


def show(
    index: Annotated[Path, typer.Argument(help="Folder that data prepare has written.")],
    sheet: Annotated[
        Path | None, typer.Option(help="Write pictures of labelled frames here, .jpg or .png.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one line of JSON.")] = False,
) -> None:
    """Print what an index holds: sources, splits, classes, actions, sizes of boxes, changed media.

    Example: mot-action data show data/index --sheet sheet.jpg
    """
    with one_line_errors():
        found = show_index(index, sheet=sheet)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)
    if sheet is not None:
        errors.print(f"pictures: {sheet}")


def _print(found: IndexSummary) -> None:
    print_table(source_table(found.sources, found.digests))
    print_table(split_table(found.sources))
    for source in found.sources:
        for bars in histograms(source):
            print_table(bars)
    if any(source.not_ready for source in found.sources):
        print("\nvideos that are not ready:")
        print_table(not_ready_table(found.sources))
    if found.changed:
        print("\nmedia that changed since they were indexed:")
        print_table(problem_table(found.changed))
    print(f"\nindex {found.index}: schema version {found.schema_version}, digest {found.digest}")


if __name__ == "__main__":
    typer.run(show)
