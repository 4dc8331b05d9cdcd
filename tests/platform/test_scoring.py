"""One entry for every kind of file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_platform.errors import InputError
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.scoring import ScoreRequest, score, write_page


@pytest.fixture
def swapped(tmp_path: Path) -> ScoreRequest:
    """Return tracks of a sequence with images, in which two people swap their ids for good."""
    folder = tmp_path / "street"
    (folder / "gt").mkdir(parents=True)
    (folder / "img1").mkdir()
    for frame in range(1, 7):
        picture = np.full((48, 96, 3), 40 * frame % 256, np.uint8)
        cv2.imwrite(str(folder / "img1" / f"{frame:06d}.jpg"), picture)
    people = [(frame, person) for frame in range(1, 7) for person in (1, 2)]
    (folder / "gt" / "gt.txt").write_text(
        "".join(f"{frame},{person},{30 * person},5,20,30,1,1,1\n" for frame, person in people)
    )
    (tmp_path / "street.txt").write_text(
        "".join(f"{f},{3 - p if f > 4 else p},{30 * p},5,20,30,1,-1,-1,-1\n" for f, p in people)
    )
    return ScoreRequest(gt=folder, pred=tmp_path / "street.txt", benchmark="mot17")


def test_tracks_are_scored_and_the_page_shows_the_switch(swapped: ScoreRequest, tmp_path: Path) -> None:
    scored = score(swapped)
    assert isinstance(scored.report, EvaluationReport)
    assert scored.report.combined.clear.id_switches == 2
    write_page(tmp_path / "page.html", swapped, scored)
    page = (tmp_path / "page.html").read_text()
    assert "street" in page
    assert page.count("data:image/jpeg") >= 2


def test_ava_files_are_scored(tmp_path: Path) -> None:
    (tmp_path / "gt.csv").write_text("v,902,0.1,0.1,0.5,0.9,12,0\n")
    (tmp_path / "pred.csv").write_text("v,902,0.1,0.1,0.5,0.9,12,0.8\n")
    request = ScoreRequest(gt=tmp_path / "gt.csv", pred=tmp_path / "pred.csv", benchmark="ava")
    scored = score(request)
    assert isinstance(scored.report, ActionReport)
    assert scored.report.scalars()["frame_mAP"] == pytest.approx(1)
    write_page(tmp_path / "page.html", request, scored)
    assert "mAP" in (tmp_path / "page.html").read_text()


def test_result_of_no_sequence_is_noted(swapped: ScoreRequest, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "street.txt").write_text(swapped.pred.read_text())
    (results / "summary.txt").write_text("HOTA 100\n")
    request = ScoreRequest(gt=swapped.gt, pred=results, benchmark="mot17")
    assert score(request).notes == ("not scored, no sequence of that name: summary.txt",)


@pytest.mark.parametrize(
    ("benchmark", "option", "value"),
    [
        ("ava", "frames", FrameRange()),
        ("coco", "with_motmetrics", True),
        ("ava", "with_boxes", True),
        ("mot17", "labels", Path("actions.pbtxt")),
        ("jhmdb", "exclude", Path("excluded.csv")),
    ],
)
def test_option_that_says_nothing_is_refused(benchmark: str, option: str, value: object) -> None:
    with pytest.raises(InputError, match=f"says nothing with --benchmark {benchmark}"):
        ScoreRequest(gt=Path("a"), pred=Path("b"), benchmark=benchmark, **{option: value})  # type: ignore[arg-type]


def test_missing_file_is_named(tmp_path: Path) -> None:
    for benchmark in ("mot17", "ava", "jhmdb", "coco"):
        with pytest.raises(InputError, match=r"gt\.csv: no such file or folder"):
            score(ScoreRequest(gt=tmp_path / "gt.csv", pred=tmp_path, benchmark=benchmark))  # type: ignore[arg-type]
