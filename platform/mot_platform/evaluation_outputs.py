"""What is written of an evaluation: tracks as MOTChallenge text, every score as JSON, and a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mot_platform.commit import commit_text
from mot_platform.corpus import LabelledVideo
from mot_platform.evaluating import Evaluation
from mot_platform.formats.motchallenge import write_mot
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.model_identity import ModelIdentity
from mot_platform.provenance import code_version
from mot_platform.report.score_contents import ScoreContents, ScoredSequence
from mot_platform.report.score_page import write_score_page

SCORES_FILE = "scores.json"
PAGE_FILE = "report.html"


def write_evaluation(
    out: Path, evaluation: Evaluation, videos: Sequence[LabelledVideo], *, model: ModelIdentity, data: Path
) -> None:
    """Write `out/SEQUENCE.txt`, `out/scores.json` and `out/report.html`.

    Args:
        out: Folder, made if need be.
        evaluation: What was found.
        videos: What it was found in.
        model: What found it.
        data: The corpus, to name it.

    Raises:
        OSError: if a file can't be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    found = {name: SequencePrediction.from_tracks(tracks).rows for name, tracks in evaluation.tracks.items()}
    for name, rows in found.items():
        write_mot(out / f"{name}.txt", rows)
    maker = {"uri": model.uri, "digest": model.digest, "mlflow_run_id": model.mlflow_run_id}
    scores = evaluation.report.to_dict() | {"model": maker}
    commit_text(out / SCORES_FILE, json.dumps(scores, indent=2), scratch=out)
    contents = ScoreContents(
        title=f"Evaluation of {model.path.parent.name}",
        created_at=datetime.now(UTC),
        code_version=code_version(),
        scored={"Weights": model.uri, "Corpus": str(data)},
        evaluation=evaluation.report,
        sequences=[
            ScoredSequence(truth=video.truth, predicted=found[video.name], frames=video.uri)
            for video in videos
        ],
    )
    write_score_page(out / PAGE_FILE, contents)
