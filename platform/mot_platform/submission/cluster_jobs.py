"""Jobs of a Ray cluster over its HTTP API: submitted with our code, looked at, stopped.

Ray reads the token of a protected cluster from its own environment (`RAY_AUTH_MODE=token` with
`RAY_AUTH_TOKEN` or `~/.ray/auth_token`); it never passes through here.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shlex
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mot_platform.errors import InputError, MotActionError
from mot_platform.provenance import CODE_VERSION_VARIABLE, code_version
from mot_platform.submission.code_package import stage_files, stage_packages

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

ADDRESS_VARIABLES = ("RAY_API_SERVER_ADDRESS", "RAY_ADDRESS")
EXIT_BAD_INPUT = 2
STARTING_S = 60.0
"""How long a cluster may still be starting: it answers, but says to try again later."""
_FIXED_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # nodes have their environment installed
}

_CHATTY = (
    "ray.dashboard.modules.dashboard_sdk",
    "ray.dashboard.modules.job.sdk",
    "ray._private.runtime_env.packaging",
)
"""Loggers of Ray that tell of every upload."""


class JobRequestError(MotActionError):
    """The cluster refused a request about a job."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A command to run on a cluster."""

    kind: str
    """Which command, such as train."""
    name: str
    """What it works on, for people."""
    entrypoint: tuple[str, ...]
    """The command line on the cluster; every path in it is absolute there, or one of `files`."""
    packages: tuple[Path, ...]
    """Folders of the import packages to ship."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Text of small files by their name in the folder that the command runs in."""
    driver_cpus: float = 0.0
    """CPUs that the command itself needs; 0 runs it on the head."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobState:
    """A job as the cluster sees it."""

    id: str
    status: str
    """PENDING, RUNNING, SUCCEEDED, FAILED or STOPPED."""
    command: str
    code_version: str
    message: str
    """The cluster's last word on the job, in one line."""
    started_ms: int | None
    """Unix time."""
    ended_ms: int | None
    """Unix time."""
    command_exit_code: int | None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in ("SUCCEEDED", "FAILED", "STOPPED")

    @property
    def exit_code(self) -> int:
        """Exit code for a command that waited for this job: 0 done, 2 bad input, 1 anything else."""
        if self.status == "SUCCEEDED":
            return 0
        return EXIT_BAD_INPUT if self.command_exit_code == EXIT_BAD_INPUT else 1


def cluster_address(address: str | None) -> str:
    """Return the HTTP address of a cluster's dashboard: `address`, or what the environment names.

    Raises:
        InputError: if neither is an http(s) URL.
    """
    candidates = [address] if address else [os.environ.get(name, "") for name in ADDRESS_VARIABLES]
    for candidate in candidates:
        if candidate.startswith(("http://", "https://")):
            return candidate.rstrip("/")
    raise InputError(
        f"--address {address or ''}: expected the dashboard of the cluster's head, such as "
        "http://HEAD:8265 (or RAY_API_SERVER_ADDRESS in the environment)"
    )


def connect(address: str) -> JobSubmissionClient:
    """Return a client of the cluster at `address`.

    Raises:
        InputError: if no cluster answers there, or it wants another token.
    """
    os.environ[ADDRESS_VARIABLES[0]] = address  # Ray lets the environment win over its argument
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    from ray.exceptions import AuthenticationError
    from ray.job_submission import JobSubmissionClient

    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        return JobSubmissionClient(address)
    except AuthenticationError as error:
        raise InputError(
            f"{address}: the cluster wants a token: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or "
            "RAY_AUTH_TOKEN_PATH"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"no Ray cluster answers at {address}: {error}") from error


def submit(client: JobSubmissionClient, submission: Submission) -> str:
    """Ship the code, start the command and return the id of its job.

    Raises:
        InputError: if there is too much to ship.
        JobRequestError: if the cluster refuses the job.
    """
    job_id = f"{submission.kind}-{_slug(submission.name)}-{secrets.token_hex(3)}"
    version = code_version()
    command = shlex.join(submission.entrypoint)
    with tempfile.TemporaryDirectory() as folder:
        code, files = Path(folder, "code"), Path(folder, "files")
        code.mkdir()
        environment: dict[str, Any] = {
            "py_modules": [str(package) for package in stage_packages(submission.packages, code)],
            "env_vars": job_environment(version),
        }
        if submission.files:
            stage_files(submission.files, files)
            environment["working_dir"] = str(files)
        _request_job(
            client,
            entrypoint=command,
            submission_id=job_id,
            runtime_env=environment,
            metadata={"command": command, "name": submission.name, "code_version": version},
            entrypoint_num_cpus=submission.driver_cpus or None,
        )
    return job_id


def _request_job(client: JobSubmissionClient, **request: Any) -> None:
    """Submit, for a while again and again to a cluster whose nodes are still starting."""
    give_up_s = time.monotonic() + STARTING_S
    while True:
        try:
            with refusals():
                client.submit_job(**request)
            return
        except JobRequestError as error:
            if "try again later" not in str(error) or time.monotonic() > give_up_s:
                raise
            time.sleep(1)


def job_environment(version: str) -> dict[str, str]:
    """Return the environment variables of a job and of its workers.

    Settings of Ray Train and the address of MLflow are those of the submitter.

    Args:
        version: Version of the code that is shipped.
    """
    stated = {
        name: value
        for name, value in os.environ.items()
        if name == "MLFLOW_TRACKING_URI" or name.startswith("RAY_TRAIN_")
    }
    return stated | _FIXED_ENVIRONMENT | {CODE_VERSION_VARIABLE: version}


def job_state(client: JobSubmissionClient, job_id: str) -> JobState:
    """Return what the cluster knows of a job.

    Raises:
        JobRequestError: if there is no such job, or the cluster does not answer.
    """
    with refusals():
        info = client.get_job_info(job_id)
    metadata = info.metadata or {}
    return JobState(
        id=job_id,
        status=str(info.status.value),
        command=metadata.get("command", info.entrypoint),
        code_version=metadata.get("code_version", ""),
        message=" ".join((info.message or "").split()),
        started_ms=info.start_time,
        ended_ms=info.end_time,
        command_exit_code=info.driver_exit_code,
    )


def job_logs(client: JobSubmissionClient, job_id: str) -> str:
    """Return all that a job has printed."""
    with refusals():
        return str(client.get_job_logs(job_id))


def stop_job(client: JobSubmissionClient, job_id: str) -> bool:
    """Ask a job to end and return whether it was running; `RAY_JOB_STOP_WAIT_TIME_S` later it is killed."""
    with refusals():
        return bool(client.stop_job(job_id))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what Ray's client raises in the block into a `JobRequestError`."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise JobRequestError(f"the cluster refused: {' '.join(str(error).split())[:500]}") from error


def _slug(name: str) -> str:
    """Return `name` with only what the id of a job may hold."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "job"
