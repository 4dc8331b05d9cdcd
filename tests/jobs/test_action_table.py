"""The scores of actions on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from mot_jobs.action_table import action_table
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.score_ava import score_ava
from mot_platform.metrics.actions.score_jhmdb import score_jhmdb


def _rows(report: ActionReport) -> list[list[str]]:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(action_table(report))
    return [line.replace("│", " ").split() for line in capture.get().splitlines()]


def test_actions_and_their_mean_are_rows(tmp_path: Path) -> None:
    (tmp_path / "gt.csv").write_text("v,1,0,0,1,1,12\nv,2,0,0,1,1,14\n")
    (tmp_path / "pred.csv").write_text("v,1,0,0,1,1,12,0.5\n")
    (tmp_path / "list.pbtxt").write_text('item {\n  name: "stand"\n  id: 12\n}\nitem { name: "walk" id: 14 }')
    rows = _rows(score_ava(tmp_path / "gt.csv", tmp_path / "pred.csv", labels=tmp_path / "list.pbtxt"))
    assert ["12", "stand", "100.00", "1", "100.00"] in rows
    assert ["14", "walk", "0.00", "1", "0.00"] in rows
    assert ["MEAN", "50.00", "2", "50.00"] in rows


def test_tubes_have_columns_and_what_to_know_is_below(tmp_path: Path) -> None:
    for folder, score in (("gt", ""), ("pred", "0.5 ")):
        (tmp_path / folder).mkdir()
        for frame in range(1, 6):
            (tmp_path / folder / f"a_{frame:05d}.txt").write_text(f"3 {score}10 10 60 90\n")
    rows = _rows(score_jhmdb(tmp_path / "gt", tmp_path / "pred"))
    full = ["100.00"] * 4
    assert ["3", "clap", "100.00", "5", "100.00", *full, "1"] in rows
    assert ["MEAN", "100.00", "5", "100.00", *full, "1"] in rows
    assert any("linked," in words for words in rows)
