"""Behaviour of the list of problems."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mot_platform.datasets.readers.problem_log import SHOWN_PER_KIND, ProblemLog
from mot_platform.datasets.readers.video_labels import Places


def test_a_flood_becomes_a_list_one_can_read() -> None:
    log = ProblemLog(Path("/data"))
    places = Places.in_file(Path("/data/a/gt.txt"), np.arange(1, 100_001))
    asked = []

    def what(row: int) -> str:
        asked.append(row)
        return f"row {row} is bad"

    log.add_rows("bad rows", places, np.arange(100_000) % 2 == 0, what)
    log.add("media missing", "/data/a/a.mp4", "not there")
    log.add_rows("bad rows", places, np.arange(100_000) < 3, what)
    problems = log.problems()
    assert len(problems) == SHOWN_PER_KIND + 2
    assert (problems[1].where, problems[1].what) == ("a/gt.txt:3", "row 2 is bad")
    assert problems[SHOWN_PER_KIND].what == "49,983 more: bad rows"
    assert problems[-1].where == "a/a.mp4"
    assert len(asked) == SHOWN_PER_KIND


def test_few_problems_are_all_shown_and_fatal_ones_always() -> None:
    log = ProblemLog(Path("/data"))
    for number in range(SHOWN_PER_KIND):
        log.add("bad", f"/data/{number}", "bad")
    assert len(log.problems()) == SHOWN_PER_KIND
    log.add("bad", "/elsewhere/x", "worse", fatal=True)
    assert [problem.where for problem in log.problems() if problem.fatal] == ["/elsewhere/x"]
