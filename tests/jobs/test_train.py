"""`mot-action train`, up to the point where Ray takes over (see tests/platform/training/test_run.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.train import app, show_report

runner = CliRunner()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        pytest.param("stepps: 3", [], "stepps: unknown key", id="unknown key"),
        pytest.param("steps: 3", ["--set", "network.size=huge"], "network", id="unknown size"),
        pytest.param("steps: 3", [], "nothing to train on", id="no source"),
        pytest.param("data: {sources: [{root: nowhere}]}", [], "nowhere", id="missing corpus"),
        pytest.param("clips_per_step: 4", ["--workers", "3"], "must divide", id="uneven workers"),
    ],
)
def test_bad_input_exits_with_2_before_anything_starts(
    tmp_path: Path, text: str, options: list[str], said: str
) -> None:
    config = tmp_path / "run.yaml"
    config.write_text(text)
    storage = tmp_path / "runs"
    result = runner.invoke(app, ["--config", str(config), "--storage", str(storage), *options])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert not storage.exists()


def test_a_report_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_report({"step": 10.0, "loss/total": 2.5, "frames_per_second": 80.0, "validation/IDF1": 0.5})
    assert capsys.readouterr().err.strip() == "step 10  loss 2.500  80 frames/s  IDF1 0.500"
