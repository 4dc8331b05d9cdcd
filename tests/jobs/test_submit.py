"""`mot-action submit` up to the cluster (see tests/platform/submission/test_cluster_jobs.py for the rest)."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.submit import app, submission_of

runner = CliRunner()
EVALUATE = ["evaluate", "--weights", "w", "--data", "d"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["train", "--config", "none.yaml"], "none.yaml: can't read", id="no such file"),
        pytest.param([*EVALUATE, "--bogus"], "--bogus", id="unknown"),
        pytest.param(["evaluate", "--weights", "w"], "--data", id="missing option"),
        pytest.param([*EVALUATE, "--retries", "1"], "--wait", id="alone"),
        pytest.param(EVALUATE, "HEAD:8265", id="no cluster named"),
    ],
)
def test_bad_input_exits_with_2_before_any_cluster_is_asked(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_API_SERVER_ADDRESS", raising=False)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_submission_names_all_packages() -> None:
    submission = submission_of("evaluate", ["--weights", "nano", "--data", "corpus/test"])
    assert [package.name for package in submission.packages] == ["mot_model", "mot_platform", "mot_jobs"]
    assert all((package / "__init__.py").is_file() for package in submission.packages)
    assert submission.entrypoint[:4] == ("python", "-m", "mot_jobs.cli", "evaluate")
    assert submission.name == "test"
    assert submission.driver_cpus == 1
    data = submission.entrypoint[submission.entrypoint.index("--data") + 1]
    assert Path(data).is_absolute()
