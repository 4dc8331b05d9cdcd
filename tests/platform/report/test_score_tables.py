"""Cards and tables of the page of scores."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.video_map import TUBE_IOUS, VideoMap
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.report.contents import ReportContents
from mot_platform.report.score_contents import ScoreContents
from mot_platform.report.score_tables import (
    COUNTS,
    detection_rows,
    score_cards,
    span_rows,
    track_rows,
    tube_rows,
)


@pytest.fixture
def report(contents: ReportContents) -> EvaluationReport:
    assert contents.evaluation is not None
    return contents.evaluation


@pytest.fixture
def tubes() -> VideoMap:
    """Return the scores of two actions, right up to a tube IoU of 0.5 and of 0.2."""
    reached = np.array([[iou <= 0.5 for iou in TUBE_IOUS], [iou <= 0.2 for iou in TUBE_IOUS]], float)
    return VideoMap(action_ids=(3, 4), ap=reached, num_truth=np.array([2, 9]), num_predicted=np.array([2, 9]))


def page_of(**given: EvaluationReport | ActionReport) -> ScoreContents:
    return ScoreContents(title="", created_at=datetime.now(UTC), code_version="", **given)  # type: ignore[arg-type]


def test_tracks_and_boxes_have_a_row_per_sequence_and_one_for_all(report: EvaluationReport) -> None:
    rows = track_rows(report)
    assert [row.name for row in rows] == ["a", "COMBINED"]
    assert dict(zip(COUNTS, rows[0].counts, strict=True))["IDSW"] == 1
    assert (rows[0].wrong_share, rows[0].wrong_mean_s) == (2 / 16, pytest.approx(0.2))
    scores = report.combined.detection
    assert [row.figures[0] for row in detection_rows([("a", scores), ("all", scores)])] == [1, 1]
    assert detection_rows([("a", scores), ("all", replace(scores, mean_ap=math.nan))]) == ()


def test_wrong_identities_are_listed_with_their_length(report: EvaluationReport) -> None:
    (row,) = span_rows(report)
    assert (row.span.truth_id, row.span.own_id, row.span.predicted_ids) == (1, 7, (9,))
    assert (row.seconds, row.length) == (pytest.approx(0.2), 1)


def test_only_cards_of_what_was_scored_are_shown(report: EvaluationReport, tubes: VideoMap) -> None:
    labels = {card.label: card for card in score_cards(page_of(evaluation=report))}
    assert list(labels) == [
        "Detection mAP50",
        "IDF1",
        "HOTA",
        "MOTA",
        "Wrong identity",
        "Action mAP",
        "Action accuracy",
        "Action and identity",
    ]
    assert labels["Wrong identity"].note == "1 time, for 0.2 s on average"
    combined = replace(
        report.combined, action_map=None, action_accuracy=None, identified_action_accuracy=None
    )
    without = score_cards(page_of(evaluation=replace(report, combined=combined)))
    assert [card.label for card in without] == list(labels)[:5]
    found = ActionMap(mean_ap=0.25, ap_by_action={})
    actions = ActionReport(benchmark="jhmdb", action_map=found, video_map=tubes, num_images=1)
    assert [(card.label, card.value) for card in score_cards(page_of(actions=actions))] == [
        ("Frame mAP", 0.25),
        ("Video mAP", 0.5),
        ("Video mAP 0.5 to 0.95", pytest.approx(0.05)),
    ]


def test_tubes_have_a_row_per_action_and_their_mean(tubes: VideoMap) -> None:
    rows = tube_rows(tubes, str)
    assert [(row.name, row.num_truth) for row in rows] == [("4", 9), ("3", 2), ("mean", 11)]
    assert rows[1].average_precisions == (1, 1, 0, pytest.approx(0.1))
    assert rows[2].average_precisions == (1, 0.5, 0, pytest.approx(0.05))
