"""`mot-action bench associate` from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from mot_jobs.bench import app

SHORT = ["associate", "--objects", "3", "--rounds", "1", "--against", "pyxtrackers"]


def test_table_has_a_row_per_tracker() -> None:
    result = CliRunner().invoke(app, [*SHORT, "--objects", "4"])
    assert result.exit_code == 0
    assert "3 objects" in result.stdout
    assert "4 objects" in result.stdout
    assert "1.00x" in result.stdout
    assert "mot-action tracker" in result.stdout


def test_last_line_is_json_and_what_is_missing_is_named() -> None:
    result = CliRunner().invoke(app, [*SHORT, "--json"])
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["steps"]["3"][0]["ratio"] == 1
    for library in report["left_out"]:
        assert f"pip install {library}" in result.stderr


@pytest.mark.parametrize("options", [["--objects", "0"], ["--rounds", "0"], ["--against", "nobody"]])
def test_bad_options_end_with_2_and_one_line(options: list[str]) -> None:
    result = CliRunner().invoke(app, ["associate", *options])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_the_command_has_an_example() -> None:
    assert "Example: mot-action bench associate" in CliRunner().invoke(app, ["associate", "--help"]).stdout
