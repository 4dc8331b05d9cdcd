"""Files of actions that can not be scored, or had better be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.metrics.actions.action_inputs import differing_names, read_ava_truth


def test_truth_that_ends_before_it_begins_is_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "gt.csv").write_text('v,1\n"v","1",0,0,"1",1,2\n\nv,1,.5,.5,.6,.4,2\n')
    with pytest.raises(ValueError, match=r"gt.csv:4: x2 or y2 lies before x1 or y1"):
        read_ava_truth(tmp_path / "gt.csv")


def test_folder_and_empty_file_are_no_truth(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        read_ava_truth(tmp_path)
    (tmp_path / "gt.csv").write_text("v,902\n")
    with pytest.raises(InputError, match=r"gt.csv: no ground truth in it"):
        read_ava_truth(tmp_path / "gt.csv")


def test_spelling_of_a_name_is_no_difference() -> None:
    assert differing_names({1: "kick_ball", 2: "sit"}, {1: "Kick ball", 3: "walk"}) == []
    assert len(differing_names({1: "kick_ball"}, {1: "catch"})) == 1
