"""`mot-action submit`: train, label or evaluate on a Ray cluster through its Jobs API."""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from mot_jobs import submitted
from mot_jobs.portable_command import portable_command
from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_platform.errors import InputError
from mot_platform.submission.cluster_jobs import Submission, cluster_address, connect, submit
from mot_platform.submission.following import run_to_end

PACKAGES = ("mot_model", "mot_platform", "mot_jobs")
DRIVER_CPUS = {"train": 0.0, "label": 0.0, "evaluate": 1.0}
"""CPUs of a command's own process; those that only direct the work of others run on the head."""

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None:
    """Run train, label or evaluate on a Ray cluster: code travels, data is read where it is.

    Example: mot-action submit train --config run.yaml --name first --storage /shared/runs
    --address http://HEAD:8265 --wait --retries 3
    """


def command(
    context: typer.Context,
    address: submitted.Address = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the job's output, exit as it does.")] = False,
    retries: Annotated[int, typer.Option(min=0, help="With --wait: submit again when it fails.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Run a command of the same name on the cluster; takes every option of `mot-action COMMAND` too."""
    with one_line_errors():
        if retries and not wait:
            raise InputError("--retries needs --wait: it is the waiting process that submits again")
        submission = submission_of(str(context.info_name), context.args)
        url = cluster_address(address)
        client = connect(url)
        begun: list[str] = []

        def said(job: str, attempt: int) -> None:
            begun.append(job)
            errors.print(f"submitted {job}" + (f" (retry {attempt} of {retries})" if attempt else ""))

        if not wait:
            said(submit(client, submission), 0)
            submitted.announce(begun[0], url)
            if as_json:
                print_json({"id": begun[0], "address": url})
            return
        output = submitted.printer(sys.stderr if as_json else sys.stdout)
        try:
            state = run_to_end(client, submission, retries=retries, write=output, submitted=said)
        except KeyboardInterrupt:
            submitted.detach(begun[-1] if begun else "the job", url)
    errors.print(f"{state.id}  {state.status}")
    if as_json:
        print_json(asdict(state) | {"attempts": begun})
    raise typer.Exit(state.exit_code)


def submission_of(kind: str, arguments: list[str]) -> Submission:
    """Return what to ship and run for `mot-action KIND ARGUMENTS`."""
    portable = portable_command(kind, arguments)
    return Submission(
        kind=kind,
        name=portable.name,
        entrypoint=("python", "-m", "mot_jobs.cli", *portable.argv),
        packages=tuple(Path(str(import_module(package).__file__)).parent for package in PACKAGES),
        files=portable.files,
        driver_cpus=DRIVER_CPUS[kind],
    )


for _kind in DRIVER_CPUS:
    _settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(_kind, context_settings=_settings)(command)
for _verb in (submitted.status, submitted.logs, submitted.stop):
    app.command()(_verb)

if __name__ == "__main__":
    app()
