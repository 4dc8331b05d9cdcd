"""`mot-action` as a user meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from mot_jobs.cli import MODULES, app

runner = CliRunner()


@pytest.mark.parametrize("command", list(MODULES))
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = runner.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert command == "data" or "Example: mot-action" in result.output


def test_help_lists_every_command() -> None:
    result = runner.invoke(app, ["--help"])
    assert all(command in result.output for command in MODULES)


def test_an_unknown_command_exits_with_2() -> None:
    assert runner.invoke(app, ["labell"]).exit_code == 2


def test_the_command_line_itself_imports_nothing_heavy() -> None:
    code = "import mot_jobs.cli, sys; print({'torch', 'ray', 'mlflow'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"
