"""`mot-action submit status|logs|stop`: jobs that were submitted, by their id."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_platform.submission.cluster_jobs import cluster_address, connect, job_logs, job_state, stop_job
from mot_platform.submission.following import follow

EXIT_DETACHED = 130  # as shells say of Ctrl-C

Address = Annotated[
    str | None,
    typer.Option(help="Dashboard of the head, http://HEAD:8265; default: RAY_API_SERVER_ADDRESS."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]
JobId = Annotated[str, typer.Argument(help="Id that submit printed.")]


def status(job: JobId, address: Address = None, as_json: Json = False) -> None:
    """Say how a job stands.

    Example: mot-action submit status train-first-1a2b3c --address http://HEAD:8265
    """
    with one_line_errors():
        state = job_state(connect(cluster_address(address)), job)
    if as_json:
        print_json(asdict(state))
    else:
        print(f"{state.id}  {state.status}  {state.message}")


def logs(
    job: JobId,
    address: Address = None,
    keep_up: Annotated[
        bool, typer.Option("--follow", help="Stay until the job ends, exit as it does.")
    ] = False,
) -> None:
    """Print what a job has printed.

    Example: mot-action submit logs train-first-1a2b3c --follow --address http://HEAD:8265
    """
    with one_line_errors():
        url = cluster_address(address)
        client = connect(url)
        if not keep_up:
            print(job_logs(client, job), end="")
            return
        try:
            raise typer.Exit(follow(client, job, printer(sys.stdout)).exit_code)
        except KeyboardInterrupt:
            detach(job, url)


def stop(job: JobId, address: Address = None, as_json: Json = False) -> None:
    """Ask a job to end; training and labelling go on from there when submitted again.

    Example: mot-action submit stop train-first-1a2b3c --address http://HEAD:8265
    """
    with one_line_errors():
        stopping = stop_job(connect(cluster_address(address)), job)
    if as_json:
        print_json({"id": job, "stopping": stopping})
    else:
        print(f"{job}  {'stopping' if stopping else 'had ended already'}")


def printer(stream: object) -> Callable[[str], None]:
    """Return what writes a job's output to `stream` as it comes."""
    return lambda text: print(text, end="", file=stream, flush=True)  # type: ignore[call-overload]


def announce(job: str, url: str) -> None:
    """Say on stderr how to go on with a job."""
    for verb in ("status", "logs --follow", "stop"):
        errors.print(f"  mot-action submit {verb} {job} --address {url}")


def detach(job: str, url: str) -> None:
    """Leave a job to itself."""
    errors.print(f"detached; {job} goes on:")
    announce(job, url)
    raise typer.Exit(EXIT_DETACHED)
