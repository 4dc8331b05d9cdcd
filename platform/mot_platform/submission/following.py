"""Waiting for a job: its output to the terminal, its end to an exit code, and the next attempt if it dies.

The driver of a job is one process on the head. When it is killed the job has failed for Ray; the same
command goes on from what is saved, so beginning again is all that supervision takes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mot_platform.submission.cluster_jobs import (
    EXIT_BAD_INPUT,
    JobRequestError,
    JobState,
    Submission,
    job_logs,
    job_state,
    submit,
)

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

POLL_S = 1.0
PATIENCE_S = 60.0
"""How long a dashboard may be away before following gives up; the job itself needs no follower."""

Write = Callable[[str], None]


def follow(client: JobSubmissionClient, job_id: str, write: Write) -> JobState:
    """Pass on what a job prints until it has ended, and return its end.

    Raises:
        JobRequestError: if there is no such job, or the cluster has not answered for a minute.
    """
    num_seen = 0
    answered_s = time.monotonic()
    while True:
        num_seen = asyncio.run(_tail(client, job_id, num_seen, write))
        try:
            state = job_state(client, job_id)
            answered_s = time.monotonic()
        except JobRequestError:
            if time.monotonic() - answered_s > PATIENCE_S:
                raise
            state = None
        if state is not None and state.ended:
            write(job_logs(client, job_id)[num_seen:])
            return state
        time.sleep(POLL_S)


async def _tail(client: JobSubmissionClient, job_id: str, num_seen: int, write: Write) -> int:
    """Pass on what comes after `num_seen` characters while the connection lasts; return the new count."""
    import aiohttp

    position = 0
    try:
        async for chunk in client.tail_job_logs(job_id):
            write(chunk[max(0, num_seen - position) :])
            position += len(chunk)
            num_seen = max(num_seen, position)
    except (RuntimeError, OSError, aiohttp.ClientError):
        pass  # the caller asks for the job's state and comes back
    return num_seen


def run_to_end(
    client: JobSubmissionClient,
    submission: Submission,
    *,
    retries: int,
    write: Write,
    submitted: Callable[[str, int], None],
) -> JobState:
    """Submit a command, follow it, and submit it again when it fails; return the last attempt's end.

    A command that calls its input bad, or that somebody stopped, is not tried again.

    Args:
        client: The cluster.
        submission: The command; it must go on where it was killed.
        retries: Further attempts after the first.
        write: Gets what the job prints.
        submitted: Called with the id and the number (from 0) of each attempt.
    """
    for attempt in range(retries + 1):
        job_id = submit(client, submission)
        submitted(job_id, attempt)
        state = follow(client, job_id, write)
        if state.status != "FAILED" or state.exit_code == EXIT_BAD_INPUT:
            break
    return state
