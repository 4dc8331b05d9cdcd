"""`mot-action data`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from mot_jobs.data import app


def test_synth_writes_a_corpus(tmp_path: Path) -> None:
    options = ["--videos", "1", "--seconds", "0.5", "--size", "96x64", "--workers", "1", "--json"]
    result = CliRunner().invoke(app, ["synth", str(tmp_path / "corpus"), *options])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["videos_written"] == 1
    assert (tmp_path / "corpus" / "corpus.json").is_file()
