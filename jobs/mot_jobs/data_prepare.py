"""`mot-action data prepare`: a data set checked, indexed and ready for training."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs.prepare_display import print_prepared, progress_on_stderr
from mot_jobs.terminal import EXIT_FAILED, errors, one_line_errors, print_json
from mot_platform.cluster import usable_cpus
from mot_platform.datasets.download.catalogue import dataset_of
from mot_platform.datasets.preparing import PrepareRequest, prepare
from mot_platform.datasets.reading import Kind


def prepare_data(  # noqa: PLR0913 - one argument per option
    kind: Annotated[Kind, typer.Argument(help="Which data set, or custom for videos of your own.")],
    root: Annotated[Path, typer.Option(help="Folder of the data set: its archives, or what was in them.")],
    index: Annotated[
        Path | None, typer.Option(help="Index to put it in, beside others; default: ROOT/index.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name in the index; default: the kind or folder.")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="custom: labels that are not beside the videos.")
    ] = None,
    label_map: Annotated[Path | None, typer.Option(help="YAML: what names in the labels mean here.")] = None,
    split: Annotated[str, typer.Option(help="official, by-video:val=0.2, halves, all:val")] = "official",
    download: Annotated[bool, typer.Option("--download", help="Fetch what is not there; resumes.")] = False,
    mirror: Annotated[str | None, typer.Option(help="URL to fetch from instead of the official one.")] = None,
    parallel: Annotated[int, typer.Option(min=1, help="Files to fetch at a time.")] = 4,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that look at videos; default: one per CPU.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is wrong; the index stays as it is.")
    ] = False,
    sheet: Annotated[
        Path | None, typer.Option(help="Pictures, .jpg or .png; default with --check: NAME-check.jpg.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything is wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Check a data set and put it into an index to train from and to evaluate on.

    Example: mot-action data prepare mot17 --root data/mot17 --index data/index --split halves
    """
    if check and sheet is None:
        sheet = Path(f"{name or kind}-check.jpg")
    with one_line_errors(), progress_on_stderr() as listener:
        if download and kind != "custom":
            terms = dataset_of(kind)
            errors.print(f"{terms.title}: {terms.licence}; {terms.homepage}")
        request = PrepareRequest(
            kind=kind,
            root=root,
            index=index,
            name=name,
            labels=labels,
            label_map=label_map,
            split=split,
            download=download,
            mirror=mirror,
            parallel=parallel,
            workers=workers or usable_cpus(),
            check=check,
            sheet=sheet,
        )
        prepared = prepare(request, listener)
    if sheet is not None:
        errors.print(f"pictures: {sheet}")
    if as_json:
        print_json(asdict(prepared) | {"is_sound": prepared.is_sound})
    else:
        print_prepared(prepared)
    unusable = prepared.index is None and not check
    if unusable or (strict and not prepared.is_sound):
        raise typer.Exit(EXIT_FAILED)


if __name__ == "__main__":
    typer.run(prepare_data)
