"""The table of an evaluation."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from mot_jobs.score_table import score_table
from mot_platform.metrics.score_files import score_files


def test_undefined_figures_are_dashes_and_actions_need_no_column(tmp_path: Path) -> None:
    for name, truth in (("a", "1,1,0,0,10,10,1,1,1\n"), ("b", "")):
        (tmp_path / name / "gt").mkdir(parents=True)
        (tmp_path / name / "gt" / "gt.txt").write_text(truth)
        (tmp_path / f"{name}.txt").write_text("1,1,0,0,10,10,0.9\n1,2,30,0,9,9,0.8\n")
    console = Console(width=200)
    with console.capture() as capture:
        console.print(score_table(score_files(tmp_path, tmp_path, with_detection=True).report))
    lines = capture.get().splitlines()
    row = next(line for line in lines if "\u2502 b " in line)
    assert " - " in row
    assert "action" not in capture.get()
