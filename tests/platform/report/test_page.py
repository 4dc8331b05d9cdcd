"""The page as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mot_platform.report.contents import ReportContents, StageTiming
from mot_platform.report.page import render_page, write_report
from mot_platform.schema import videos_table

OutlineOf = Callable[[str], Any]
HOSTILE = "<script>alert('x')</script>\" onload=\"y"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Return a labelled folder with one dead video and no tracks."""
    root = tmp_path / "labels"
    (root / "tracks").mkdir(parents=True)
    (root / "videos").mkdir()
    dead = {
        "video": HOSTILE,
        "status": "dead",
        "error_stage": "probe",
        "error_type": "NotAVideoError",
        "error": "no video in it",
        "retriable": False,
        "num_rows": 0,
    }
    pq.write_table(videos_table([dead]), root / "videos" / "a.parquet")
    return root


def test_a_full_page_is_whole_small_and_needs_nothing_else(
    contents: ReportContents, labels: Path, outline_of: OutlineOf
) -> None:
    page = render_page(
        replace(
            contents,
            curves={"loss/total": [(step, 1 / (step + 1)) for step in range(50)]},
            labels_folder=labels,
            stages=[StageTiming(name="Training", seconds=61.0, detail="10 steps")],
            commands=[("Track a video", "mot-action track a.mp4")],
            lineage={"Model digest": "abc"},
            targets={"IDF1": 0.5},
        )
    )
    outline = outline_of(page)
    assert {"video", "img", "polyline", "table"} <= set(outline.tags)
    assert all(load.startswith("data:") for load in outline.loads)
    assert not re.search(r"https?://|@import|url\(", page)
    assert len(page) < 1_000_000
    for text in ("1 min 01 s", "no video in it", "mot-action track a.mp4", "goal 0.50, reached", "abc"):
        assert text in page


def test_everything_from_outside_is_escaped(
    contents: ReportContents, labels: Path, outline_of: OutlineOf
) -> None:
    page = render_page(
        replace(
            contents,
            title=HOSTILE,
            code_version=HOSTILE,
            corpus=HOSTILE,
            action_names=(HOSTILE, HOSTILE),
            curves={f"loss/{HOSTILE}": [(0, 1.0), (1, 2.0)]},
            labels_folder=labels,
            stages=[StageTiming(name=HOSTILE, seconds=1.0, detail=HOSTILE)],
            commands=[(HOSTILE, HOSTILE)],
            lineage={HOSTILE: HOSTILE},
        )
    )
    outline = outline_of(page)
    assert "script" not in outline.tags
    assert "onload" not in outline.attributes
    assert page.count("&lt;script&gt;") > 10


def test_a_page_of_nothing_says_what_is_missing(
    empty_contents: ReportContents, tmp_path: Path, outline_of: OutlineOf
) -> None:
    page = render_page(replace(empty_contents, labels_folder=tmp_path / "nowhere"))
    outline_of(page)
    for text in ("Nothing was evaluated", "No curves were recorded", "nowhere: its tables can&#39;t be read"):
        assert text in page


def test_actions_may_be_missing(contents: ReportContents, outline_of: OutlineOf) -> None:
    assert contents.evaluation is not None
    combined = replace(contents.evaluation.combined, action_map=None, action_accuracy=None)
    evaluation = replace(contents.evaluation, sequences=(combined,), combined=combined)
    page = render_page(replace(contents, evaluation=evaluation, action_ids=(), action_names=()))
    outline_of(page)
    assert "By action" not in page


def test_a_report_is_written_where_it_is_asked_for(empty_contents: ReportContents, tmp_path: Path) -> None:
    write_report(tmp_path / "out" / "report.html", replace(empty_contents, title="The title"))
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "<h1>The title</h1>" in page
