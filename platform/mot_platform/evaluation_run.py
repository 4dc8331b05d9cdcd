"""An evaluation as an MLflow run of its own, beside those of trainings: parameters, scores, curves, files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mot_platform.evaluation_outputs import PAGE_FILE, SCORES_FILE
from mot_platform.experiment import ExperimentRun, begin, store_errors, tracking_uri
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.tracks.hota import ALPHAS
from mot_platform.model_identity import ModelIdentity
from mot_platform.provenance import code_version, digest_of

KIND_TAG = "kind"
KIND = "evaluation"
FILES = (SCORES_FILE, PAGE_FILE)
"""What of the output folder is kept with the run, beside the tracks of the sequences."""
TRACKS_FOLDER = "tracks"


def record_evaluation(
    report: EvaluationReport,
    *,
    model: ModelIdentity,
    data: str,
    out: Path | None = None,
    tracker_settings: Mapping[str, object] | None = None,
) -> ExperimentRun | None:
    """Record an evaluation and return its run; None, and nothing is recorded, where there is no place for it.

    Args:
        report: What was found.
        model: What was evaluated.
        data: What it was evaluated on.
        out: Folder of scores, page and tracks `SEQUENCE.txt`, those that are there are kept with the run; it
            also holds the store, unless `MLFLOW_TRACKING_URI` names another.
        tracker_settings: Plain values, recorded by their digest.

    Raises:
        InputError: if MLflow refuses, or does not answer.
    """
    if out is None and not os.environ.get("MLFLOW_TRACKING_URI"):
        return None
    storage = out or Path()
    parameters = {
        "weights": model.uri,
        "model_digest": model.digest,
        "training_run_id": model.mlflow_run_id,
        "data": data,
        "benchmark": report.benchmark,
        "num_sequences": len(report.sequences),
        "code_version": code_version(),
        "tracker_digest": None if tracker_settings is None else digest_of(tracker_settings),
    }
    known = {name: value for name, value in parameters.items() if value is not None}
    tags = {KIND_TAG: KIND, "model_digest": model.digest}
    if model.mlflow_run_id:
        tags["training_run_id"] = model.mlflow_run_id
    with store_errors(tracking_uri(storage)):
        run = begin(storage, f"evaluate {Path(data).name}", known, tags=tags)
        run.log_points(_points(report))
        for path, folder in _files(report, out):
            run.log_artifact(path, folder)
        run.finish()
    return run


def _points(report: EvaluationReport) -> Iterator[tuple[str, int, float]]:
    """Yield name, step and value of every metric; the step of a curve is alpha in percent, else 0."""
    for name, value in report.scalars().items():
        yield name, 0, value
    for scores in report.sequences:
        for name, value in scores.scalars().items():
            yield f"sequence/{_part(scores.name)}/{name}", 0, value
    if report.combined.action_map:
        for action, value in report.combined.action_map.ap_by_action.items():
            words = report.action_names.get(action, "")
            yield f"action/{_part(f'{action} {words}'.strip())}/AP", 0, value
    hota = report.combined.hota
    curves = {"HOTA": hota.hota, "DetA": hota.det_a, "AssA": hota.ass_a, "LocA": hota.loc_a}
    for name, curve in curves.items():
        for alpha, value in zip(ALPHAS, curve, strict=True):
            yield f"curve/{name}", round(100 * alpha), float(value)


def _part(name: str) -> str:
    """Return a name as one part of the name of a metric, which "/" divides."""
    return name.replace("/", "-")


def _files(report: EvaluationReport, out: Path | None) -> Iterator[tuple[Path, str | None]]:
    """Yield the files to keep, and the folder among the artifacts that they belong in."""
    if out is None:
        return
    for name in FILES:
        if (out / name).is_file():
            yield out / name, None
    for scores in report.sequences:
        if (out / f"{scores.name}.txt").is_file():
            yield out / f"{scores.name}.txt", TRACKS_FOLDER
