"""Evaluations in MLflow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mot_platform.errors import InputError
from mot_platform.evaluation_run import record_evaluation
from mot_platform.experiment import EXPERIMENT, tracking_uri
from mot_platform.formats.motchallenge import MotRows, SequenceInfo
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.model_identity import ModelIdentity

pytestmark = pytest.mark.filterwarnings("default")  # MLflow's and SQLAlchemy's own deprecations

MODEL = ModelIdentity(uri="runs/nano", path=Path("w"), digest="ab" * 32, mlflow_run_id="cd" * 16)


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    """Return the scores of one box, in a sequence and an action with names that MLflow does not take."""
    rows = MotRows(
        frame_index=np.zeros(1, np.int64),
        track_id=np.ones(1, np.int64),
        xyxy=np.array([[0.0, 0, 9, 9]]),
        score=np.ones(1),
        class_id=np.ones(1, np.int64),
        visibility=np.ones(1),
    )
    info = SequenceInfo(name="..", frame_rate_hz=5, num_frames=1, width_px=9, height_px=9)
    truth = SequenceTruth(info=info, rows=rows, actions=np.zeros((1, 0), bool))
    found = evaluate_sequences([truth], {"..": SequencePrediction.from_rows(rows)}, with_motmetrics=False)
    actions = ActionMap(mean_ap=0.5, ap_by_action={1: 0.25, 999: 0.75})
    names = {1: "bend/bow (at the waist)"}
    return replace(found, combined=replace(found.combined, action_map=actions), action_names=names)


def test_an_evaluation_is_a_run_with_scores_curves_and_files(
    report: EvaluationReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("scores.json", "report.html", "a.txt", "other.txt"):
        (tmp_path / name).write_text(name)
    named = replace(report, sequences=(*report.sequences, replace(report.sequences[0], name="a")))
    run = record_evaluation(named, model=MODEL, data="corpus/test", out=tmp_path, tracker_settings={"x": 1})
    assert run is not None
    assert run.tracking_uri == tracking_uri(tmp_path)
    stored = run.client().get_run(run.run_id)
    assert run.client().get_experiment(stored.info.experiment_id).name == EXPERIMENT
    assert (stored.info.status, stored.info.run_name) == ("FINISHED", "evaluate test")
    assert stored.data.params["weights"] == "runs/nano"
    assert {"model_digest", "data", "benchmark", "code_version", "tracker_digest"} <= set(stored.data.params)
    assert stored.data.tags["kind"] == "evaluation"
    assert stored.data.tags["training_run_id"] == MODEL.mlflow_run_id
    metrics = stored.data.metrics
    assert metrics["HOTA"] == metrics["sequence/a/HOTA"] == metrics["sequence/_/HOTA"] == pytest.approx(1)
    assert metrics["action/1 bend-bow _at the waist_/AP"] == 0.25
    assert metrics["action/999/AP"] == 0.75
    assert [step for step, _ in run.history()["curve/HOTA"]] == list(range(5, 100, 5))
    kept = {
        path.relative_to(tmp_path / "artifacts" / run.run_id / "artifacts").as_posix()
        for path in (tmp_path / "artifacts").rglob("*")
        if path.is_file()
    }
    assert kept == {"scores.json", "report.html", "tracks/a.txt"}
    # A second evaluation is another run of the same store, and needs no folder if one is named.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", run.tracking_uri)
    again = record_evaluation(report, model=replace(MODEL, mlflow_run_id=None), data="corpus/test")
    assert again is not None
    assert again.run_id != run.run_id
    assert "training_run_id" not in again.client().get_run(again.run_id).data.params


def test_without_a_place_nothing_is_recorded(
    report: EvaluationReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert record_evaluation(report, model=MODEL, data="corpus") is None
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(
    report: EvaluationReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(InputError, match=r"MLflow at http://127\.0\.0\.1:9") as caught:
        record_evaluation(report, model=MODEL, data="corpus")
    assert "secret" not in str(caught.value)
