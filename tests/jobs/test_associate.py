"""`mot-action associate` and its scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.associate import app
from mot_jobs.score import app as score_app

runner = CliRunner()


@pytest.fixture
def sequences(tmp_path: Path) -> Path:
    """Return two sequences of 40 frames with ground truth and detections, without seqinfo.ini; ids from 0."""
    root = tmp_path / "data"
    for number, name in enumerate(("A", "B")):
        boxes = [
            (frame, person, f"{100 + (3 + number) * frame},{50 + 200 * person}")
            for frame in range(1, 41)
            for person in (0, 1)
        ]
        (root / name / "det").mkdir(parents=True)
        (root / name / "gt").mkdir()
        truth = "".join(f"{frame},{person},{corner},40,100,1,1,1\n" for frame, person, corner in boxes)
        (root / name / "gt" / "gt.txt").write_text(truth)
        found = "".join(f"{frame},-1,{corner},40,100,0.9,-1,-1,-1\n" for frame, _, corner in boxes)
        (root / name / "det" / "det.txt").write_text(found)
    return root


def test_a_folder_is_associated_and_scored(sequences: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = runner.invoke(app, [str(sequences), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert {name: figures[name] for name in ("sequences", "frames", "rows", "ids")} == {
        "sequences": 2,
        "frames": 80,
        "rows": 160,
        "ids": 4,
    }
    assert "associated A: 40 frames, 80 boxes, 2 ids" in result.stderr
    assert "30 frames per second assumed, no seqinfo.ini and no --fps: A, B" in result.stderr
    arguments = ["--gt", str(sequences), "--pred", str(out), "--benchmark", "dancetrack", "--json"]
    scored = runner.invoke(score_app, arguments)
    assert json.loads(scored.stdout.splitlines()[-1])["combined"]["Identity"]["IDF1"] == 1


def test_second_halves_are_associated_and_scored_alone(sequences: Path, tmp_path: Path) -> None:
    out, half = tmp_path / "out", ["--frames", "second-half"]
    result = runner.invoke(app, [str(sequences), "--out", str(out), "--fps", "25", *half])
    assert result.exit_code == 0, result.output
    assert "assumed" not in result.stderr
    assert (out / "A.txt").read_text().startswith("22,1,")
    arguments = ["--gt", str(sequences), "--pred", str(out), "--benchmark", "dancetrack", "--json"]
    recalls = [
        json.loads(runner.invoke(score_app, [*arguments, *extra]).stdout.splitlines()[-1])["combined"][
            "CLEAR"
        ]
        for extra in ([], half)
    ]
    assert (recalls[0]["CLR_Re"], recalls[1]["CLR_Re"]) == (19 / 40, 1)


def test_hindsight_is_used_only_when_asked_for(sequences: Path, tmp_path: Path) -> None:
    det = sequences / "A" / "det" / "det.txt"
    rows = [row for row in det.read_text().splitlines() if row.split(",")[0] not in {"20", "21", "22"}]
    det.write_text("\n".join(rows))
    num_rows = []
    for options in ([], ["--offline"]):
        result = runner.invoke(app, [str(det), "--out", str(tmp_path / "out"), "--json", *options])
        num_rows.append(json.loads(result.stdout.splitlines()[-1])["rows"])
    assert num_rows == [74, 80]
    assert len((tmp_path / "out" / "A.txt").read_text().splitlines()) == 80


def test_a_broken_sequence_ends_with_1_when_others_are_done(sequences: Path, tmp_path: Path) -> None:
    det = sequences / "A" / "det" / "det.txt"
    det.write_text("1,-1,5,5,ten,10,0.9\n")
    result = runner.invoke(app, [str(sequences), "--out", str(tmp_path / "out"), "--config", "pedestrian"])
    assert result.exit_code == 1
    assert f"failed: A: {det}:1: width is 'ten', not a number" in result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["B.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["none"], "none: no such file or folder", id="nothing there"),
        pytest.param(["DET", "--det-name", "x.txt"], "x.txt: no detections there", id="no such file"),
        pytest.param(
            ["DET", "--config", "nobody"], "nobody: no such file, and no shipped settings", id="config"
        ),
        pytest.param(["DET", "--fps", "0"], "--fps 0.0: expected frames per second, above 0", id="rate"),
        pytest.param(["DET", "--frames", "9:3"], "--frames 9:3: frames 9:3 are empty", id="frames"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    sequences: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    named = [str(sequences) if argument == "DET" else argument for argument in arguments]
    result = runner.invoke(app, [*named, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.strip().count("\n") == 0
    assert not (tmp_path / "out").exists()
