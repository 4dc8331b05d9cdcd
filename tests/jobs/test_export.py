"""`mot-action export`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from mot_jobs.export import app


def test_a_program_is_written_and_described(untrained_weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "tiny.pt2"
    result = CliRunner().invoke(app, ["--weights", str(untrained_weights), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary["size_bytes"] == out.stat().st_size
    assert summary["inputs"]["pixels"] == [1, 96, 160, 3]


def test_a_format_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    options = ["--weights", "nano", "--out", str(tmp_path / "a.onnx"), "--format", "onnx"]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 2
    assert result.stderr == "error: --format onnx: not there yet; torch is\n"
