"""`mot-action bench decode` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.bench import app

SHORT = ["--size", "160x96", "--clip-frames", "4", "--frames", "8", "--rounds", "1"]


def test_tables_have_a_row_per_video_and_per_way(tiny_corpus: Path) -> None:
    result = CliRunner().invoke(app, ["decode", str(tiny_corpus), *SHORT])
    assert result.exit_code == 0
    assert "h264" in result.stdout
    assert "clips in file order, augmented" in result.stdout


def test_last_line_is_json(tiny_corpus: Path) -> None:
    result = CliRunner().invoke(app, ["decode", str(tiny_corpus), *SHORT, "--json"])
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["clip_frames"] == 4
    assert len(report["videos"]) == 3


@pytest.mark.parametrize("options", [["--size", "big"], ["--rounds", "0"], ["no/such/folder"]])
def test_bad_options_end_with_2_and_one_line(tiny_corpus: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["decode", str(tiny_corpus), *options])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_the_command_has_an_example() -> None:
    assert "Example: mot-action bench decode" in CliRunner().invoke(app, ["decode", "--help"]).stdout
