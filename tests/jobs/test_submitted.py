"""What is said of jobs by id; the verbs themselves run in tests/platform/submission/test_cluster_jobs.py."""

from __future__ import annotations

import pytest
import typer

from mot_jobs.submitted import EXIT_DETACHED, detach


def test_detaching_says_how_to_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        detach("train-first-1a2b3c", "http://head:8265")
    assert ended.value.exit_code == EXIT_DETACHED
    said = capsys.readouterr().err
    for verb in ("status", "logs --follow", "stop"):
        assert f"mot-action submit {verb} train-first-1a2b3c --address http://head:8265" in said
