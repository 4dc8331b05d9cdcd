"""The page of scores as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_readings import PER_FRAME
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.action_samples import ActionScores
from mot_platform.metrics.boxes.coco_report import ClassScores, CocoReport
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.separation import identity_separation
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.report.contents import ReportContents
from mot_platform.report.score_contents import ScoreContents, ScoredSequence
from mot_platform.report.score_page import render_score_page, write_score_page

OutlineOf = Callable[[str], Any]
HOSTILE = "<script>alert('x')</script>\" onload=\"y"


@pytest.fixture
def scored(contents: ReportContents, truth: SequenceTruth, tracks: Tracks, video: Path) -> ScoreContents:
    """Return the scores of one sequence with actions, and where its frames are."""
    rows = SequencePrediction.from_tracks(tracks).rows
    return ScoreContents(
        title="Scores of a run",
        created_at=datetime(2025, 1, 2, 3, 4, tzinfo=UTC),
        code_version="1.2.3",
        scored={"Ground truth": "a/gt"},
        evaluation=contents.evaluation,
        sequences=[ScoredSequence(truth=truth, predicted=rows, frames=str(video))],
    )


@pytest.fixture
def actions() -> ActionReport:
    """Return the scores of two actions from files."""
    found = ActionMap(
        mean_ap=0.5,
        ap_by_action={3: 0.25, 5: 0.75},
        precision_by_action={3: np.linspace(1, 0, 101), 5: np.ones(101)},
        num_truth_by_action={3: 10, 5: 20},
    )
    names = {3: HOSTILE, 5: "lie/sleep"}
    return ActionReport(benchmark="ava", action_map=found, action_names=names, num_images=7, notes=(HOSTILE,))


def headings(page: str) -> list[str]:
    return re.findall(r"<h2>([^<]*?) *<", page)


def test_a_page_of_tracks_is_whole_and_needs_nothing_else(
    scored: ScoreContents, outline_of: OutlineOf, tmp_path: Path
) -> None:
    write_score_page(tmp_path / "out" / "report.html", scored)
    page = (tmp_path / "out" / "report.html").read_text()
    outline = outline_of(page)
    assert {"img", "polyline", "table"} <= set(outline.tags)
    assert "script" not in outline.tags
    assert all(load.startswith("data:") for load in outline.loads)
    assert not re.search(r"https?://|@import|url\(", page)
    assert headings(page) == ["By sequence", "HOTA", "Worst identity switches", "Detection", "Actions"]
    for text in (
        "Scores of a run",
        "a/gt",
        "plain",
        "own track 7, followed by 9",
        "frame 7, 0.6 s",
        "16 of 16 boxes",
    ):
        assert text in page


def test_looks_and_readings_of_actions_are_shown_where_they_were_scored(
    scored: ScoreContents, people: EmbeddedPeople, outline_of: OutlineOf
) -> None:
    report = scored.evaluation
    assert report is not None
    combined = report.combined
    assert combined.action_map is not None
    assert combined.action_accuracy is not None
    other = ActionScores(
        action_map=combined.action_map, found=combined.action_accuracy, identified=combined.action_accuracy
    )
    more = replace(
        report,
        separation=identity_separation([people], min_similarity=0.6),
        other_actions={PER_FRAME: other},
    )
    page = render_score_page(replace(scored, evaluation=more, sequences=()))
    outline_of(page)
    assert headings(page)[3:] == ["Identity embedding", "Detection", "Actions"]
    for text in ("similarity of 0.60 or more", "Pairs at least so similar", "present frame alone"):
        assert text in page


def test_what_there_is_no_data_for_is_left_out(scored: ScoreContents, outline_of: OutlineOf) -> None:
    report = scored.evaluation
    assert report is not None
    combined = replace(
        report.combined, action_map=None, action_accuracy=None, identified_action_accuracy=None
    )
    page = render_score_page(replace(scored, evaluation=replace(report, combined=combined), sequences=()))
    outline = outline_of(page)
    assert headings(page) == ["By sequence", "HOTA", "Worst identity switches", "Detection"]
    assert "img" not in outline.tags


def test_frames_that_cannot_be_read_are_a_line(scored: ScoreContents, tmp_path: Path) -> None:
    (sequence,) = scored.sequences
    page = render_score_page(
        replace(scored, sequences=[replace(sequence, frames=str(tmp_path / "gone.mp4"))])
    )
    assert "No pictures: " in page
    assert "gone.mp4" in page


def test_actions_alone_have_a_page_of_their_own(
    scored: ScoreContents, actions: ActionReport, outline_of: OutlineOf
) -> None:
    page = render_score_page(replace(scored, evaluation=None, sequences=(), actions=actions))
    outline_of(page)
    assert headings(page) == ["Actions"]
    for text in ("Frame mAP", "0.500", "lie/sleep", "Commonest actions"):
        assert text in page


def test_boxes_alone_have_a_page_of_their_own(scored: ScoreContents, outline_of: OutlineOf) -> None:
    assert scored.evaluation is not None
    whole = scored.evaluation.combined.detection
    of_class = {
        name: ClassScores(
            category_id=number, name=name, num_boxes=number, num_predictions=number, detection=whole
        )
        for name, number in {HOSTILE: 3, "person": 5}.items()
    }
    recalls = dict.fromkeys(("recall_1", "recall_10", "recall_small", "recall_medium", "recall_large"), 0.5)
    numbers = {"num_images": 4000, "num_boxes": 8, "num_predictions": 9, "num_unknown": 0}
    boxes = CocoReport(overall=whole, classes=tuple(of_class.values()), **numbers, **recalls)  # type: ignore[arg-type]
    page = render_score_page(replace(scored, evaluation=None, sequences=(), boxes=boxes))
    assert "script" not in outline_of(page).tags
    assert headings(page) == ["Detection"]
    assert page.index(">person</th>") < page.index("alert(") < page.index("mean of all")
    for text in ("<dd>coco</dd>", "8 boxes to find in 4,000 images", "Detection mAP75"):
        assert text in page


def test_everything_from_outside_is_escaped(
    scored: ScoreContents, actions: ActionReport, outline_of: OutlineOf
) -> None:
    report = scored.evaluation
    assert report is not None
    named = replace(report, sequences=(replace(report.combined, name=HOSTILE),) * 2)
    hostile = replace(scored, title=HOSTILE, scored={HOSTILE: HOSTILE}, evaluation=named, actions=actions)
    page = render_score_page(hostile)
    outline = outline_of(page)
    assert "script" not in outline.tags
    assert "onload" not in outline.attributes
    assert page.count("&lt;script&gt;") > 8
