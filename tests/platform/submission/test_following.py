"""Following and beginning again, against a scripted cluster (the real one is in test_cluster_jobs)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from mot_platform.submission import following
from mot_platform.submission.cluster_jobs import JobRequestError, Submission
from mot_platform.submission.following import follow, run_to_end

SUBMISSION = Submission(kind="train", name="first", entrypoint=("true",), packages=())


class ScriptedCluster:
    """Jobs that end as told; the connection breaks after the first line of each."""

    def __init__(self, *ends: tuple[str, int | None], broken: int = 0) -> None:
        self.ends = list(ends)
        self.submitted: list[str] = []
        self.broken = broken

    def submit_job(self, *, submission_id: str, **_rest: Any) -> None:
        self.submitted.append(submission_id)

    async def tail_job_logs(self, job_id: str) -> AsyncIterator[str]:
        yield "one\n"
        raise RuntimeError("connection lost")

    def get_job_info(self, job_id: str) -> Any:
        if self.broken:
            self.broken -= 1
            raise ConnectionError("dashboard is away")
        status, code = self.ends[max(0, len(self.submitted) - 1)]
        return SimpleNamespace(
            status=SimpleNamespace(value=status),
            entrypoint="",
            message="",
            metadata={},
            start_time=0,
            end_time=0,
            driver_exit_code=code,
        )

    def get_job_logs(self, job_id: str) -> str:
        return "one\ntwo\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "POLL_S", 0.0)


def test_output_is_passed_on_once_over_lost_connections() -> None:
    written: list[str] = []
    state = follow(ScriptedCluster(("SUCCEEDED", 0), broken=3), "train-1", written.append)  # type: ignore[arg-type]
    assert "".join(written) == "one\ntwo\n"
    assert state.exit_code == 0


def test_a_cluster_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.0)
    with pytest.raises(JobRequestError, match="dashboard is away"):
        follow(ScriptedCluster(("RUNNING", None), broken=10), "train-1", lambda _: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ends", "num_attempts", "status"),
    [
        pytest.param([("FAILED", -9), ("SUCCEEDED", 0)], 2, "SUCCEEDED", id="killed driver"),
        pytest.param([("FAILED", 1)] * 4, 3, "FAILED", id="retries used up"),
        pytest.param([("FAILED", 2)], 1, "FAILED", id="bad input"),
        pytest.param([("STOPPED", None)], 1, "STOPPED", id="stopped by somebody"),
    ],
)
def test_only_failures_begin_again(
    ends: list[tuple[str, int | None]], num_attempts: int, status: str
) -> None:
    cluster = ScriptedCluster(*ends)
    attempts: list[int] = []
    state = run_to_end(
        cluster,  # type: ignore[arg-type]
        SUBMISSION,
        retries=2,
        write=lambda _: None,
        submitted=lambda _job, attempt: attempts.append(attempt),
    )
    assert (len(cluster.submitted), state.status) == (num_attempts, status)
    assert attempts == list(range(num_attempts))
    assert len(set(cluster.submitted)) == num_attempts
