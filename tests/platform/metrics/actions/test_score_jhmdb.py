"""Actions of JHMDB scored, frame-mAP against the evaluator of YOWO written down as plain loops."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.errors import InputError
from mot_platform.metrics.actions.score_jhmdb import score_jhmdb
from mot_platform.schema import TRACKS_SCHEMA

Box = tuple[float, ...]


def _write_frames(folder: Path, rows: list[tuple[str, int, str]]) -> Path:
    """Write lines of (video, frame, line), and files for frames whose line is empty."""
    lines: dict[str, list[str]] = defaultdict(list)
    for video, frame, line in rows:
        lines[f"{video}_{frame:05d}.txt"].append(line)
    folder.mkdir(parents=True)
    for name, texts in lines.items():
        (folder / name).write_text("\n".join(texts) + "\n")
    return folder


def _pixel_iou(a: Box, b: Box) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
    area_a, area_b = ((box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b))
    return width * height / (area_a + area_b - width * height)


def _yowo_ap(gt: Path, pred: Path, action: str) -> float:
    """Return the AP of a class: VOC's matching, every-point interpolation, boxes with their last pixel."""
    truth = {
        path.name: [tuple(map(float, line.split()[1:])) for line in path.read_text().splitlines()]
        for path in gt.glob("*.txt")
        if path.read_text().startswith(f"{action} ")
    }
    found = [
        (float(words[1]), path.name, tuple(map(float, words[2:])))
        for path in sorted(pred.glob("*.txt"))
        for words in map(str.split, path.read_text().splitlines())
        if words and words[0] == action
    ]
    taken, right = set(), []
    for _, name, box in sorted(found, key=lambda row: -row[0]):
        overlaps = [_pixel_iou(box, other) for other in truth.get(name, [])]
        best = int(np.argmax(overlaps)) if overlaps else -1
        right.append(best >= 0 and overlaps[best] >= 0.5 and (name, best) not in taken)
        taken |= {(name, best)} if right[-1] else set()
    number = sum(map(len, truth.values()))
    precision = [sum(right[: place + 1]) / (place + 1) for place in range(len(right))]
    return sum(max(precision[place:]) / number for place, hit in enumerate(right) if hit)


def test_frame_ap_equals_yowos_evaluator(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    truth, found = [], []
    for video, action in (("clap_a", 3), ("clap_b", 3), ("run_c", 12)):
        for frame in range(1, 31):
            box = np.array([20, 20, 60, 90]) + random.integers(-5, 5, 4)
            truth.append((video, frame, f"{action} " + " ".join(map(str, box))))
            for _ in range(3):
                near = box + random.integers(-16, 16, 4)
                named = action if random.random() < 0.7 else random.integers(1, 22)
                found.append((video, frame, f"{named} {random.random()} " + " ".join(map(str, near))))
    gt, pred = _write_frames(tmp_path / "gt", truth), _write_frames(tmp_path / "pred", found)
    report = score_jhmdb(gt, pred)
    wanted = {action: _yowo_ap(gt, pred, str(action)) for action in (3, 12)}
    assert report.action_map.ap_by_action == pytest.approx(wanted, abs=1e-12)
    assert 0.2 < report.action_map.mean_ap < 0.9
    assert report.action_names[12] == "run"


def _clip(
    video: str, action: int, frames: range, *, left: int = 10, score: str = ""
) -> list[tuple[str, int, str]]:
    return [(video, frame, f"{action} {score}{left} 10 {left + 39} 89".strip()) for frame in frames]


def test_tubes_of_two_actors_are_told_apart(tmp_path: Path) -> None:
    truth = _clip("run_a", 12, range(1, 21)) + _clip("run_a", 12, range(1, 21), left=100)
    found = _clip("run_a", 12, range(1, 21), score=".9 ") + _clip(
        "run_a", 12, range(1, 16), left=100, score=".8 "
    )
    report = score_jhmdb(_write_frames(tmp_path / "gt", truth), _write_frames(tmp_path / "pred", found))
    assert report.video_map is not None
    assert (report.video_map.num_truth.tolist(), report.video_map.num_predicted.tolist()) == ([2], [2])
    figures = report.scalars()
    assert figures["video_mAP@0.75"] == 1
    assert figures["video_mAP@0.5:0.95"] == pytest.approx((6 * 1 + 4 * 0.5) / 10), "the second has IoU 0.75"
    assert figures["frame_mAP"] == pytest.approx(35 / 40)
    assert any("linked" in note for note in report.notes)


def _write_tracks(path: Path, video: str, spans: dict[int, range]) -> Path:
    rows = [
        {
            "video": video,
            "frame_index": frame,
            "time_s": frame / 25,
            "track_id": track,
            **{"x1": 10.0, "y1": 10.0, "x2": 50.0, "y2": 90.0, "score": 0.9},
            "actions": [{"action_id": 12, "name": "run", "score": 0.5 + track / 10}],
        }
        for track, frames in spans.items()
        for frame in frames
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=TRACKS_SCHEMA), path)
    return path


def test_tracks_are_tubes_as_they_are(tmp_path: Path) -> None:
    gt = _write_frames(tmp_path / "gt", _clip("run_a", 12, range(1, 21)))
    pred = _write_tracks(tmp_path / "p.parquet", "run/a.avi", {1: range(0, 12), 2: range(12, 20)})
    report = score_jhmdb(gt, pred)
    assert report.video_map is not None
    assert report.video_map.num_predicted.tolist() == [2]
    figures = report.scalars()
    assert figures["frame_mAP"] == 1
    assert figures["video_mAP@0.2"] == 1, "the better-scored one, of 8 frames, has 0.4"
    assert figures["video_mAP@0.5"] == 0.5, "of 12 frames, IoU 0.6, after a wrong one"
    assert report.notes == ("no ids in the ground truth: tubes are linked, and video-mAP depends on how",)


def test_csv_with_persons_has_tubes(tmp_path: Path) -> None:
    lines = [f"v,{second},0,0,.5,1,14,{person}" for person in (4, 5) for second in range(902, 906)]
    (tmp_path / "gt.csv").write_text("\n".join(lines[:6]))
    (tmp_path / "pred.csv").write_text(
        "\n".join(f"{line},.{9 - place}" for place, line in enumerate(lines[:4]))
    )
    report = score_jhmdb(tmp_path / "gt.csv", tmp_path / "pred.csv")
    assert report.video_map is not None
    assert report.video_map.num_truth.tolist() == [2]
    assert report.scalars()["video_mAP@0.75"] == 0.5
    assert not report.notes


def test_nothing_predicted_scores_nothing(tmp_path: Path) -> None:
    gt = _write_frames(tmp_path / "gt", _clip("run_a", 12, range(1, 21)))
    report = score_jhmdb(gt, _write_frames(tmp_path / "pred", [("run_a", 1, "")]))
    assert set(report.scalars()) >= {"frame_mAP", "video_mAP@0.5"}
    assert (report.scalars()["frame_mAP"], report.scalars()["video_mAP@0.5:0.95"]) == (0, 0)


def test_videos_elsewhere_are_noted_and_do_not_count(tmp_path: Path) -> None:
    gt = _write_frames(tmp_path / "gt", _clip("run_a", 12, range(1, 21)))
    found = [*_clip("run_a", 12, range(1, 21), score=".5 "), *_clip("run_b", 12, range(1, 21), score=".9 ")]
    report = score_jhmdb(gt, _write_frames(tmp_path / "pred", found))
    assert (report.scalars()["frame_mAP"], report.scalars()["video_mAP@0.5"]) == (1, 1)
    assert report.notes[0] == "not counted: 1 videos of the predictions that the ground truth lacks"


def test_names_of_classes_are_those_of_the_benchmark_or_of_a_list(tmp_path: Path) -> None:
    gt = _write_frames(tmp_path / "gt", [("v", frame, "Surfing 0 0 9 9") for frame in range(1, 4)])
    pred = _write_frames(tmp_path / "pred", [("v", frame, "20 .5 0 0 9 9") for frame in range(1, 4)])
    assert score_jhmdb(gt, pred, benchmark="ucf101-24").scalars()["frame_mAP"] == 1
    with pytest.raises(InputError, match=r"v_00001.txt:1: class 'Surfing' is not known"):
        score_jhmdb(gt, pred)
    labels = tmp_path / "list.pbtxt"
    labels.write_text('item { name: "Surfing" id: 20 }')
    assert score_jhmdb(gt, pred, labels=labels).action_names == {20: "Surfing"}
    labels.write_text('item { name: "Surfing" id: 21 }\nitem { name: "b" id: 20 }')
    assert score_jhmdb(gt, pred, labels=labels).scalars()["frame_mAP"] == 0


def test_what_cannot_be_compared_is_said_in_a_line(tmp_path: Path) -> None:
    gt = _write_frames(tmp_path / "gt", _clip("run_a", 12, range(1, 3)))
    other = _write_frames(tmp_path / "other", _clip("run_b", 12, range(1, 3), score=".5 "))
    nobody = _write_frames(tmp_path / "nobody", [("run_a", 1, "")])
    (tmp_path / "plain.csv").write_text("run_a,1,0,0,1,1,12\n")
    (tmp_path / "persons.csv").write_text("run_a,1,0,0,1,1,12,1\n")
    (tmp_path / "scores.csv").write_text("run_a,1,0,0,1,1,12,.5\n")
    for truth, pred, problem in (
        (gt, other, "video run_b and all others in it are not in .*gt, which has run_a"),
        (gt, tmp_path / "scores.csv", "scores.csv: the ground truth is no AVA csv"),
        (tmp_path / "persons.csv", other, "other: the ground truth is an AVA csv"),
        (tmp_path / "plain.csv", tmp_path / "scores.csv", "plain.csv: no ids of persons"),
        (tmp_path / "persons.csv", tmp_path / "scores.csv", "scores.csv: no ids of persons .* 9 columns"),
        (nobody, other, "not in"),
        (nobody, _write_frames(tmp_path / "none", [("run_a", 2, "")]), "nobody: no box to score"),
    ):
        with pytest.raises(InputError, match=problem):
            score_jhmdb(truth, pred)


@pytest.mark.real_data
def test_ground_truth_of_jhmdb_has_a_tube_per_video(shared_data: Path, tmp_path: Path) -> None:
    gt = shared_data / "ava" / "jhmdb_groundtruths_split1" / "groundtruths_jhmdb.zip"
    video = "clap_Boom_Snap_Clap_clap_u_nm_np1_fr_med_1"
    pred = _write_frames(tmp_path / "pred", [(video, 1, "3 1 0 0 1 1")])
    report = score_jhmdb(gt, pred)
    assert report.video_map is not None
    assert (report.video_map.num_truth.sum(), len(report.video_map.action_ids)) == (268, 21)
