"""`mot-action evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.evaluate import app
from mot_platform.weights import resolve_model

runner = CliRunner()


@pytest.mark.filterwarnings("ignore")  # MLflow
def test_scores_and_tracks_are_written(tiny_corpus: Path, untrained_weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    arguments = ["--weights", str(untrained_weights), "--data", str(tiny_corpus), "--out", str(out), "--json"]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout.splitlines()[-1])
    assert {"HOTA", "IDF1", "detection_AP50"} <= set(scores)
    written = json.loads((out / "scores.json").read_text())
    assert written["combined"]["name"] == "COMBINED"
    assert written["model"]["digest"] == resolve_model(str(untrained_weights)).digest
    assert len(list(out.glob("synth-*.txt"))) == 3


def test_a_folder_without_labels_is_named(untrained_weights: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, ["--weights", str(untrained_weights), "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
