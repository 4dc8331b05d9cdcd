from __future__ import annotations

from rich.console import Console, RenderableType

from mot_jobs.dataset_tables import histogram, problem_table, source_table
from mot_platform.datasets.source import Problem, Source
from mot_platform.datasets.summary import summarize


def rendered(what: RenderableType) -> list[str]:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(what)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_rare_things_have_a_bar_that_can_be_seen_and_absent_ones_are_named() -> None:
    lines = rendered(histogram("actions", {"walk": 100_000, "sit [down]": 10, "swim": 0}))
    walk, sit = (next(line for line in lines if name in line) for name in ("walk", "sit [down]"))
    assert walk.count("\u2588") == 32
    assert 4 <= sit.count("\u2588") <= 8
    assert "100.0 %" in walk
    assert lines[-1].strip() == "without any: swim"


def test_what_must_be_mended_comes_first_and_brackets_in_names_stay() -> None:
    problems = [Problem(where="a[b].csv:3", what="odd"), Problem(where="c.csv:1", what="no", fatal=True)]
    lines = [line.strip() for line in rendered(problem_table(problems)) if ".csv" in line]
    assert lines[0].startswith("c.csv:1")
    assert "must be mended: no" in lines[0]
    assert lines[1].split() == ["a[b].csv:3", "odd"]


def test_a_source_without_videos_has_a_row() -> None:
    empty = Source(
        name="empty",
        kind="custom",
        root="",
        class_names=(),
        complete_classes=(),
        has_ids=False,
        videos=(),
    )
    row = next(line for line in rendered(source_table([summarize(empty)], {})) if "empty" in line)
    cells = [cell.strip() for cell in row.split("\u2502")[1:-1]]
    assert cells[:4] == ["empty", "custom", "boxes", "-"]
    assert cells[-1] == "-"
