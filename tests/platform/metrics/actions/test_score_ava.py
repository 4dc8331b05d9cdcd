"""AVA files scored, against the official evaluator written down a second time as plain loops."""

from __future__ import annotations

import csv
import heapq
import math
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.ava import AvaRows, read_ava
from mot_platform.metrics.actions.score_ava import score_ava
from mot_platform.schema import TRACKS_SCHEMA, VIDEOS_SCHEMA

Box = tuple[float, float, float, float]
ACTIVITYNET_LIST = "activitynet_eval_labels/ava_action_list_v2.1_for_activitynet_2018.pbtxt"


def _official_rows(
    path: Path, whitelist: set[int], capacity: int
) -> tuple[dict[str, list[tuple[float, int, Box]]], set[str]]:
    """Read a csv as the script of 2020 does: score, action and box by image, and all images it lists."""
    heaps: dict[str, list[tuple[float, int, float, float, float, float]]] = defaultdict(list)
    images = set()
    with path.open() as lines:
        for row in csv.reader(lines):
            key = f"{row[0]},{float(row[1]):.6f}"
            images.add(key)
            if len(row) == 2 or int(row[6]) not in whitelist:
                continue
            x1, y1, x2, y2 = map(float, row[2:6])
            entry = (float(row[7]) if len(row) == 8 else 1.0, int(row[6]), y1, x1, y2, x2)
            if capacity < 1 or len(heaps[key]) < capacity:
                heapq.heappush(heaps[key], entry)
            elif entry[0] > heaps[key][0][0]:
                heapq.heapreplace(heaps[key], entry)
    rows = {
        key: [
            (score, action, (x1, y1, x2, y2)) for score, action, y1, x1, y2, x2 in sorted(heap, reverse=True)
        ]
        for key, heap in heaps.items()
    }
    return rows, images


def _iou(a: Box, b: Box) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / union if union > 0 else 0.0


def _area(right: list[bool], number: int) -> float:
    """Return average precision, from best score to worst, with the precision made to fall."""
    precision, area, hits = [], 0.0, 0
    for place, hit in enumerate(right, start=1):
        hits += hit
        precision.append(hits / place)
    for place in range(len(precision) - 1, 0, -1):
        precision[place - 1] = max(precision[place - 1], precision[place])
    for place, hit in enumerate(right):
        area += precision[place] / number if hit else 0.0
    return area


def official_ap(
    gt: Path, pred: Path, whitelist: set[int], *, edition: str, excluded: frozenset[str] = frozenset()
) -> dict[int, float]:
    """Return the AP of each class with ground truth."""
    truth, images = _official_rows(gt, whitelist, 0)
    predicted, _ = _official_rows(pred, whitelist, 50 if edition == "2020" else 0)
    number: dict[int, int] = defaultdict(int)
    ranked: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for key, rows in truth.items():
        for _, action, _ in rows if key not in excluded else ():
            number[action] += 1
    for key, rows in predicted.items():
        if key in excluded or (edition == "2020" and key not in images):
            continue
        taken = set()
        for score, action, box in rows:
            if not (box[0] < box[2] and box[1] < box[3]):
                continue
            rivals = [other for _, its, other in truth.get(key, []) if its == action]
            overlaps = [_iou(box, other) for other in rivals]
            best = int(np.argmax(overlaps)) if overlaps else -1
            hit = best >= 0 and overlaps[best] >= 0.5 and (action, best) not in taken
            if hit:
                taken.add((action, best))
            ranked[action].append((score, hit))
    return {
        action: _area([hit for _, hit in sorted(ranked[action], key=lambda row: -row[0])], number[action])
        for action in sorted(number)
    }


def _write_perturbed(path: Path, rows: AvaRows, *, copies: int, seed: int) -> None:
    """Write shifted boxes with dropped rows, some wrong classes and random scores, no two of them equal."""
    random = np.random.default_rng(seed)
    lines = []
    for _ in range(copies):
        kept = np.flatnonzero(random.random(len(rows)) < 0.9)
        boxes = np.clip(rows.xyxy[kept] + random.normal(0, 0.04, (len(kept), 4)), 0, 1)
        wrong = random.random(len(kept)) < 0.3
        actions = np.where(wrong, random.integers(1, 81, len(kept)), rows.action_id[kept])
        for row, box, action, score in zip(kept, boxes, actions, random.random(len(kept)), strict=True):
            numbers = ",".join(f"{number:.4f}" for number in box)
            lines.append(f"{rows.video[row]},{rows.time_s[row]:04.0f},{numbers},{action},{score:.12f}\n")
    path.write_text("".join(lines))


def _write_truth(path: Path, rows: AvaRows, keep: Callable[[int], bool]) -> None:
    kept = [row for row in range(len(rows)) if keep(row)]
    path.write_text(
        "".join(
            f"{rows.video[row]},{rows.time_s[row]:04.0f},"
            + ",".join(f"{number:g}" for number in rows.xyxy[row])
            + f",{rows.action_id[row]}\n"
            for row in kept
        )
    )


def _random_truth(seed: int) -> AvaRows:
    """Return crowded images of two videos."""
    random = np.random.default_rng(seed)
    number = 1000
    corner = random.uniform(0, 0.6, (number, 2)).round(3)
    return AvaRows(
        video=[f"v{place}" for place in random.integers(0, 2, number)],
        time_s=random.integers(902, 914, number).astype(np.float64),
        xyxy=np.concatenate([corner, corner + random.uniform(0.05, 0.4, (number, 2)).round(3)], axis=1),
        action_id=random.integers(1, 9, number),
        person_id=np.full(number, -1),
        score=np.ones(number),
    )


def _write_list(path: Path, actions: list[int]) -> Path:
    path.write_text("".join(f'item {{\n  name: "a{action}"\n  id: {action}\n}}\n' for action in actions))
    return path


@pytest.mark.parametrize("edition", ["2020", "2018"])
def test_equals_the_official_algorithm_in_crowded_images(tmp_path: Path, edition: str) -> None:
    rows = _random_truth(1)
    gt, pred = tmp_path / "gt.csv", tmp_path / "pred.csv"
    _write_truth(gt, rows, lambda row: rows.time_s[row] < 911 or rows.action_id[row] == 8)
    gt.write_text(gt.read_text() + "v1,0911\n")
    _write_perturbed(pred, rows, copies=4, seed=2)
    exclude = tmp_path / "exclude.csv"
    exclude.write_text("v0,0903\nv1,0904\n")
    labels = _write_list(tmp_path / "list.pbtxt", [1, 2, 3, 5, 7, 80])
    report = score_ava(gt, pred, labels=labels, exclude=exclude, edition=edition)  # type: ignore[arg-type]
    excluded = frozenset({"v0,903.000000", "v1,904.000000"})
    wanted = official_ap(gt, pred, {1, 2, 3, 5, 7, 80}, edition=edition, excluded=excluded)
    assert report.action_map.ap_by_action == pytest.approx(wanted, abs=1e-12)
    assert report.action_map.mean_ap == pytest.approx(np.mean(list(wanted.values())), abs=1e-12)
    assert 0.05 < report.action_map.mean_ap < 0.95
    assert any("50 best" in note for note in report.notes) == (edition == "2020")


@pytest.mark.real_data
def test_equals_the_official_algorithm_on_ava(shared_data: Path, tmp_path: Path) -> None:
    gt = shared_data / "ava" / "ava_ii_v2.1_poses" / "ava_val_v2.1.csv"
    labels = shared_data / "ava" / ACTIVITYNET_LIST
    pred = tmp_path / "pred.csv"
    _write_perturbed(pred, read_ava(gt), copies=1, seed=4)
    report = score_ava(gt, pred, labels=labels)
    whitelist = {int(number) for number in re.findall(r"\bid: (\d+)", labels.read_text())}
    wanted = official_ap(gt, pred, whitelist, edition="2020")
    assert len(wanted) == 13, "of 60 classes this csv has the postures"
    assert report.action_map.ap_by_action == pytest.approx(wanted, abs=1e-12)


@pytest.mark.real_data
def test_published_figure_of_mmaction2(shared_data: Path) -> None:
    folder = shared_data / "ava" / "mmaction2_fixtures" / "eval_detection"
    for edition in ("2020", "2018"):
        report = score_ava(
            folder / "gt.csv",
            folder / "pred.csv",
            labels=folder / "action_list.txt",
            edition=edition,
        )
        assert round(report.scalars()["frame_mAP"], 8) == 0.09385522
    assert report.action_names[1] == "action1"


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_truth_as_its_own_prediction_is_perfect(tmp_path: Path) -> None:
    gt = _write(tmp_path / "gt.csv", "v,0902,0,0,.5,1,12,0\nv,0902,0,0,.5,1,17,0\nv,903,.5,0,1,1,12,1\n")
    pred = _write(tmp_path / "pred.csv", gt.read_text().replace("\n", ",0.9\n"))
    report = score_ava(gt, pred)
    assert report.scalars()["frame_mAP"] == 1
    assert report.accuracy is not None
    assert (report.accuracy.num_boxes, report.accuracy.accuracy, report.num_images) == (2, 1.0, 2)


def test_other_actions_count_against_accuracy_unless_a_list_leaves_them_out(tmp_path: Path) -> None:
    gt = _write(tmp_path / "gt.csv", "v,0902,0,0,.5,1,12\n")
    pred = _write(tmp_path / "pred.csv", "v,902,0,0,.5,1,14,.9\nv,902,0,0,.5,1,12,.8\n")
    report = score_ava(gt, pred)
    assert report.scalars()["frame_mAP"] == 1
    assert report.scalars()["action_accuracy"] == 0
    assert report.notes == ("not counted: 1 predicted rows of other actions",)
    report = score_ava(gt, pred, labels=_write_list(tmp_path / "list.pbtxt", [12]))
    assert report.scalars()["action_accuracy"] == 1


def test_no_predictions_score_nothing(tmp_path: Path) -> None:
    gt = _write(tmp_path / "gt.csv", "v,0902,0,0,.5,1,12\n")
    report = score_ava(gt, _write(tmp_path / "pred.csv", ""))
    assert report.scalars()["frame_mAP"] == 0
    assert report.to_dict()["action_accuracy"]["num_matched"] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("gt", "pred", "problem"),
    [
        pytest.param("", "v,1,0,0,1,1,2,.5\n", "gt.csv: no ground truth in it", id="no truth"),
        pytest.param("v,1,.5,0,.2,1,2\n", "", "gt.csv:1: x2 or y2 lies before", id="inverted truth"),
        pytest.param("v,1,0,0,1,1,2\n", "w,1,0,0,1,1,2,.5\n", "video w .* not in .*gt.csv", id="other video"),
        pytest.param("v,1,0,0,1,1,2\n", "v,1,0,0,1,1,2,nan\n", "pred.csv:1: score is nan", id="nan"),
        pytest.param("v,1,0,0,1,1,2\n", "v,1,0,0,320,1,2,1\n", "pred.csv:1: x2 is 320, .*share", id="pixels"),
        pytest.param("a,b,c,d,e,f,g\n", "", "gt.csv:1: time is 'b', not a number", id="header"),
        pytest.param("v,1,0,0,1,1,9\n", "", "gt.csv: no box to score", id="class not evaluated"),
    ],
)
def test_what_cannot_be_scored_is_said_in_a_line(tmp_path: Path, gt: str, pred: str, problem: str) -> None:
    labels = _write_list(tmp_path / "list.pbtxt", [1, 2])
    with pytest.raises((InputError, ValueError), match=problem) as caught:
        score_ava(_write(tmp_path / "gt.csv", gt), _write(tmp_path / "pred.csv", pred), labels=labels)
    assert "\n" not in str(caught.value)


def _write_tracks(path: Path, *, times_s: list[float]) -> None:
    """Write a track of one box, which moves a pixel a frame, and which stands and then walks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "video": "clips/v.mp4",
            "frame_index": frame,
            "time_s": time,
            "track_id": 7,
            "class_id": 1,
            "class_name": "person",
            **{"x1": frame, "y1": 0.0, "x2": frame + 50.0, "y2": 100.0},
            "score": 0.9,
            "actions": [{"action_id": 12 if frame < 3 else 14, "name": "a", "score": 0.5}],
            "unit_id": "",
        }
        for frame, time in enumerate(times_s)
    ]
    pa.parquet.write_table(pa.Table.from_pylist(rows, schema=TRACKS_SCHEMA), path)


def test_tracks_count_at_the_frames_nearest_to_the_times(tmp_path: Path) -> None:
    _write_tracks(tmp_path / "out/tracks/v.parquet", times_s=[0, 0.4, 0.8, 1.2, 1.6])
    videos = [{"video": "clips/v.mp4", "status": "done", "width": 200, "height": 100}]
    (tmp_path / "out/videos").mkdir()
    table = pa.Table.from_pylist(videos, schema=VIDEOS_SCHEMA)
    pa.parquet.write_table(table, tmp_path / "out/videos/v.parquet")
    gt = _write(tmp_path / "gt.csv", "v,0001,0.01,0,.26,1,12\nv,0002,0,0,.25,1,14\nv,0,0,0,.25,1,12\n")
    for pred in ("out", "out/tracks", "out/tracks/v.parquet"):
        report = score_ava(gt, tmp_path / pred)
        assert report.action_map.ap_by_action == {12: 1.0, 14: 0.0}, "second 2 is beyond the end of the video"
        assert report.accuracy is not None
        assert report.accuracy.num_right == 2


def test_tracks_of_a_video_of_unknown_size_are_an_error(tmp_path: Path) -> None:
    _write_tracks(tmp_path / "p.parquet", times_s=[0, 0.4, 0.8])
    gt = _write(tmp_path / "gt.csv", "v,0,0,0,.25,1,12\n")
    with pytest.raises(InputError, match=r"p.parquet: the size of video clips/v.mp4 is not known"):
        score_ava(gt, tmp_path / "p.parquet")


def test_names_that_differ_are_noted(tmp_path: Path) -> None:
    _write_tracks(tmp_path / "p.parquet", times_s=[0, 0.4, 0.8])
    gt = _write(tmp_path / "gt.csv", "v,5,0,0,.25,1,12\n")
    report = score_ava(gt, tmp_path / "p.parquet", labels=_write_list(tmp_path / "list.pbtxt", [12]))
    assert report.notes == ("action 12 is 'a12' in the list of actions, but 'a' in the predictions",)
    assert math.isclose(report.scalars()["frame_mAP"], 0)
