"""The folder of an evaluation."""

from __future__ import annotations

import json
from pathlib import Path

from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.evaluating import evaluate
from mot_platform.evaluation_outputs import write_evaluation
from mot_platform.formats.motchallenge import read_mot
from mot_platform.model_identity import resolve_model


def test_tracks_scores_and_page_are_of_the_same_evaluation(
    tiny_corpus: Path, untrained_weights: Path, tmp_path: Path
) -> None:
    videos, model = read_corpus(tiny_corpus), resolve_model(str(untrained_weights))
    evaluation = evaluate(load_engine(model), videos)
    out = tmp_path / "scores"
    write_evaluation(out, evaluation, videos, model=model, data=tiny_corpus)
    for name, tracks in evaluation.tracks.items():
        assert len(read_mot(out / f"{name}.txt")) == len(tracks)
    scores = json.loads((out / "scores.json").read_text())
    assert scores["model"]["digest"] == model.digest
    assert scores["combined"]["CLEAR"]["MOTA"] == evaluation.report.combined.clear.mota
    page = (out / "report.html").read_text()
    assert all(name in page for name in evaluation.tracks)
