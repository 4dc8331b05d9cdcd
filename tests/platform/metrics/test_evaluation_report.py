"""The report of an evaluation as JSON and as flat figures."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.boxes.detection_map import ImageBoxes, detection_scores
from mot_platform.metrics.evaluation_report import COMBINED, EvaluationReport, SequenceScores
from mot_platform.metrics.tracks.clear_identity import clear, clear_matches, identity, identity_matches
from mot_platform.metrics.tracks.hota import hota
from mot_platform.metrics.tracks.sequence_data import align_sequence
from mot_platform.metrics.tracks.wrong_identity import wrong_identity


@pytest.fixture
def scores(make_rows: Callable) -> SequenceScores:
    """Return the scores of one perfect box."""
    rows = make_rows([(0, 1, 0)])
    sequence = align_sequence("a", rows, rows, num_frames=1)
    found, owned = clear_matches(sequence), identity_matches(sequence)
    boxes = ImageBoxes(image=rows.frame_index, xyxy=rows.xyxy, score=rows.score)
    return SequenceScores(
        name="a",
        num_frames=1,
        hota=hota(sequence),
        clear=clear(sequence, found),
        identity=identity(sequence, owned),
        wrong_identity=wrong_identity(sequence, found, owned, frame_rate_hz=0),
        motmetrics={"mota": math.nan, "idf1": 1.0},
        detection=detection_scores(boxes, boxes),
    )


def test_undefined_figures_are_left_out_or_null(scores: SequenceScores) -> None:
    assert "motmetrics_MOTA" not in scores.scalars()
    assert scores.to_dict()["motmetrics"] == {"mota": None, "idf1": 1.0}
    undefined = replace(scores, action_map=ActionMap(mean_ap=math.nan, ap_by_action={}))
    assert "action_mAP" not in undefined.scalars()


def test_report_gives_the_combined_figures_flat(scores: SequenceScores) -> None:
    report = EvaluationReport(
        benchmark="plain",
        sequences=(scores,),
        combined=replace(scores, name=COMBINED),
        action_names={4: "dance"},
    )
    flat = report.scalars()
    assert flat["HOTA"] == 1
    assert all(re.fullmatch(r"\w+", name) for name in flat)  # MLflow refuses brackets in names
    assert all(isinstance(value, int | float) and np.isfinite(value) for value in flat.values())
    assert [part["name"] for part in report.to_dict()["sequences"]] == ["a"]
    assert report.to_dict()["combined"]["action_map"] is None
