"""Scores from files in the layouts people have."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.formats.motchallenge import SequenceInfo, write_seqinfo
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.ground_truth import read_ground_truth
from mot_platform.metrics.score_files import score_files
from mot_platform.schema import TRACKS_SCHEMA

TRUTH = "1,1,0,0,10,10,1,1,1\n2,1,0,0,10,10,1,1,1\n2,2,50,0,10,10,1,8,1\n"
RESULT = "1,1,0,0,10,10,1,-1,-1,-1\n2,1,0,0,10,10,1,-1,-1,-1\n2,2,50,0,10,10,1,-1,-1,-1\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return ground truth of MOT17-02 and MOT17-04, the second without seqinfo.ini, and perfect results."""
    gt, results = tmp_path / "gt", tmp_path / "results"
    results.mkdir()
    for name in ("MOT17-02", "MOT17-04"):
        (gt / name / "gt").mkdir(parents=True)
        (gt / name / "gt" / "gt.txt").write_text(TRUTH)
        (results / f"{name}.txt").write_text(RESULT)
    info = SequenceInfo(name="another", frame_rate_hz=30, num_frames=3, width_px=64, height_px=48)
    write_seqinfo(gt / "MOT17-02" / "seqinfo.ini", info)
    return gt, results


def test_folder_of_results_is_scored_by_the_rules_of_the_benchmark(folders: tuple[Path, Path]) -> None:
    report = score_files(*folders, benchmark="mot17", with_motmetrics=True).report
    assert [(scores.name, scores.num_frames) for scores in report.sequences] == [
        ("MOT17-02", 3),
        ("MOT17-04", 2),
    ]
    figures = report.scalars()
    assert (figures["HOTA"], figures["MOTA"], figures["motmetrics_MOTA"]) == pytest.approx((1, 1, 1))
    assert figures["FP"] == 0  # the box on the distractor is neither right nor wrong
    plain = score_files(*folders, benchmark="dancetrack").report.scalars()
    assert plain["MOTA"] == pytest.approx(1)


def test_trackeval_layout_and_detector_suffix_are_understood(folders: tuple[Path, Path]) -> None:
    gt, results = folders
    (results / "data").mkdir()
    for path in results.glob("*.txt"):
        for suffix in ("DPM", "SDP"):
            (results / "data" / f"{path.stem}-{suffix}.txt").write_text(RESULT)
    (results / "data" / "pedestrian_summary.txt").write_text("HOTA\n100\n")
    scores = score_files(gt, results, benchmark="mot17")
    assert [part.name for part in scores.report.sequences][:2] == ["MOT17-02-DPM", "MOT17-02-SDP"]
    assert scores.files.ignored == ("pedestrian_summary.txt",)


def test_frames_outside_a_range_do_not_count(folders: tuple[Path, Path]) -> None:
    (folders[1] / "MOT17-02.txt").write_text("1,5,30,0,10,10,1\n2,1,0,0,10,10,1\n")
    scores = [
        score_files(*folders, benchmark="mot17", frames=frames).report.sequences[0].clear
        for frames in (None, FrameRange.parse("2:"), FrameRange.parse(":1"))
    ]
    assert [(part.true_positives, part.false_positives, part.false_negatives) for part in scores] == [
        (1, 1, 1),
        (1, 0, 0),
        (0, 1, 1),
    ]
    (folders[1] / "MOT17-02.txt").write_text("4,1,0,0,9,9,1\n")
    with pytest.raises(ValueError, match=r"MOT17-02.txt:1: frame 4, but the sequence has frames 1 to 3"):
        score_files(*folders, frames=FrameRange.parse(":2"))


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        pytest.param("2,3,50,0,0,10,1\n", (1, 1, 1), id="no width"),
        pytest.param("2,3,60,10,-10,-10,1\n", (1, 1, 1), id="negative sizes"),
        pytest.param("2,0,50,0,10,10,1\n", (2, 0, 0), id="id 0"),
        pytest.param("2,-1,50,0,10,10,1\n", (2, 0, 0), id="id -1"),
        pytest.param("2,9007199254740992,50,0,10,10,1\n", (2, 0, 0), id="huge id"),
    ],
)
def test_odd_rows_are_boxes_like_others(tmp_path: Path, rows: str, counts: tuple[int, int, int]) -> None:
    gt, results = tmp_path / "gt.txt", tmp_path / "results.txt"
    gt.write_text("2,4,50,0,10,10,1\n1,4,0,0,10,10,1\n")  # frames in no order
    results.write_text(rows + "1,7,0,0,10,10,1\n")
    found = score_files(gt, results, benchmark="mot15").report.combined.clear
    assert (found.true_positives, found.false_positives, found.false_negatives) == counts


@pytest.mark.parametrize(("gt", "result"), [("", RESULT), (TRUTH, ""), ("", "")])
def test_nothing_on_a_side_is_scored(tmp_path: Path, gt: str, result: str) -> None:
    (tmp_path / "gt.txt").write_text(gt)
    (tmp_path / "result.txt").write_text(result)
    report = score_files(tmp_path / "gt.txt", tmp_path / "result.txt", benchmark="mot17").report
    assert report.combined.hota.hota.max() == 0


def test_empty_result_is_scored(folders: tuple[Path, Path]) -> None:
    (folders[1] / "MOT17-04.txt").write_text("")
    report = score_files(*folders, benchmark="mot17").report
    assert (report.sequences[1].clear.recall, report.combined.clear.recall) == (0, 0.5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "1,1,0,0,9,9,1\n1,1,0,0,9,9,1\n", r"MOT17-02.txt:2: id 1 is already in frame 1", id="twice"
        ),
        pytest.param("4,1,0,0,9,9,1\n", r"MOT17-02.txt:1: frame 4, .* 1 to 3", id="too late"),
        pytest.param("1,1,0,nan,9,9,1\n", r"MOT17-02.txt:1: top is nan; it must be finite", id="nan"),
    ],
)
def test_bad_result_is_named_by_its_place(folders: tuple[Path, Path], text: str, problem: str) -> None:
    (folders[1] / "MOT17-02.txt").write_text(text)
    with pytest.raises(ValueError, match=problem):
        score_files(*folders)


def test_scores_are_the_same_from_several_processes(folders: tuple[Path, Path]) -> None:
    (folders[1] / "MOT17-04.txt").write_text(RESULT.replace("50,0", "49,1"))
    alone, shared = (score_files(*folders, workers=workers).report for workers in (1, 2))
    assert alone.to_dict() == shared.to_dict()


def test_boxes_are_scored_when_asked_for_and_where_scores_rank_them(folders: tuple[Path, Path]) -> None:
    (folders[1] / "MOT17-04.txt").write_text("1,1,0,0,10,10,0.9\n2,1,0,0,10,10,0.8\n")
    assert "detection_mAP" not in score_files(*folders, benchmark="mot17").report.scalars()
    report = score_files(*folders, benchmark="mot17", with_detection=True).report
    assert report.scalars()["detection_mAP"] == pytest.approx(1)
    assert ["detection_mAP" in part.scalars() for part in report.sequences] == [False, True]


def test_actions_are_scored_where_both_sides_have_them(tiny_corpus: Path, tmp_path: Path) -> None:
    rows = []
    for truth in read_ground_truth(tiny_corpus):
        of_video = {"video": f"{truth.info.name}/{truth.info.name}.mp4", "class_id": 0, "unit_id": "u"}
        for number, box in enumerate(truth.rows.xyxy.tolist()):
            actions = [truth.action_ids[column] for column in truth.actions[number].nonzero()[0]]
            rows.append(
                of_video
                | dict(zip(("x1", "y1", "x2", "y2"), box, strict=True))
                | {"frame_index": truth.rows.frame_index[number], "track_id": truth.rows.track_id[number]}
                | {"time_s": 0.0, "score": 0.5 + number / 1000}
                | {"actions": [{"action_id": action, "name": "x", "score": 0.9} for action in actions]}
            )
    pq.write_table(pa.Table.from_pylist(rows, schema=TRACKS_SCHEMA), tmp_path / "all.parquet")
    scores = score_files(tiny_corpus, tmp_path / "all.parquet", with_detection=True)
    figures = scores.report.scalars()
    perfect = ("HOTA", "action_mAP", "action_accuracy", "identified_action_accuracy", "detection_AP50")
    assert {name: figures[name] for name in perfect} == pytest.approx(dict.fromkeys(perfect, 1), abs=1e-6)
    assert figures["FP"] == 0
