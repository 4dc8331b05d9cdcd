"""`mot-action score` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.score import app


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return the options that score a perfect result."""
    (tmp_path / "gt.txt").write_text("1,1,0,0,10,10,1,1,1\n")
    (tmp_path / "mine.txt").write_text("1,7,0,0,10,10,1,-1,-1,-1\n")
    return ["--gt", str(tmp_path / "gt.txt"), "--pred", str(tmp_path / "mine.txt"), "--benchmark", "mot17"]


def test_table_shows_every_sequence_uncut(files: list[str]) -> None:
    result = CliRunner().invoke(app, [*files, "--motmetrics"])
    assert result.exit_code == 0
    assert "COMBINED" in result.stdout
    assert "100.00" in result.stdout
    assert "motmetrics: MOTA 100.00, IDF1 100.00" in result.stdout


def test_last_line_is_json(files: list[str]) -> None:
    result = CliRunner().invoke(app, [*files, "--json"])
    report = json.loads(result.stdout.splitlines()[-1])
    assert (result.exit_code, report["combined"]["CLEAR"]["MOTA"]) == (0, 1)


def test_bad_row_ends_with_2_and_one_line(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("1,7,0,x,10,10,1\n")
    result = CliRunner().invoke(app, files)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [f"error: {tmp_path / 'mine.txt'}:1: top is 'x', not a number"]


def test_unknown_benchmark_ends_with_2(files: list[str]) -> None:
    assert CliRunner().invoke(app, [*files[:-1], "kitti"]).exit_code == 2
