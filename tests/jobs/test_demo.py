"""`mot-action demo`: what can be checked without minutes of training (see tests/platform/test_demo.py)."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from mot_jobs.demo import app


def test_an_unknown_size_exits_with_2_before_anything_is_made(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    result = CliRunner().invoke(app, ["--out", str(out), "--set", "videos=3"])
    assert result.exit_code == 2
    assert "videos: unknown key" in result.stderr
    assert not out.exists()
