"""`mot-action evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.evaluate import app
from mot_platform.datasets.index import write_source
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.model_identity import resolve_model

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


def test_an_index_scores_as_the_folder_it_was_made_of_and_a_part_of_it_as_less(
    tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    def scores(data: Path, *split: str) -> dict[str, float]:
        arguments = ["--weights", str(untrained_weights), "--data", str(data), *split, "--json"]
        result = runner.invoke(app, arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout.splitlines()[-1])

    for policy in ("all:test", "halves"):
        source, _ = read_source(ReadRequest(kind="custom", root=tiny_corpus, split=policy))
        write_source(tmp_path / policy, source)
    whole = scores(tiny_corpus)
    assert scores(tmp_path / "all:test", "--split", "test") == whole
    half = scores(tmp_path / "halves", "--split", "val")
    assert set(half) <= set(whole), "people some frames apart are not in every part"
    assert {name for name in whole if not name.startswith("identity/")} <= set(half)
    assert 0 < half["FN"] < 0.7 * whole["FN"]


def test_a_folder_without_labels_is_named(untrained_weights: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, ["--weights", str(untrained_weights), "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
