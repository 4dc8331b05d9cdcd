"""`mot-action bench`."""

from __future__ import annotations

from typer.testing import CliRunner

from mot_jobs.bench import app


def test_help_lists_what_can_be_measured() -> None:
    assert "associate" in CliRunner().invoke(app, ["--help"]).stdout
