"""Where the results of a tracker are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.metrics.result_files import find_results


def _names(pred: Path) -> list[str]:
    return [result.name for result in find_results(pred)]


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_text_files_are_found_in_the_folder_of_a_tracker_or_in_its_data(tmp_path: Path) -> None:
    _touch(tmp_path / "plain" / "b.txt", tmp_path / "plain" / "a.txt", tmp_path / "plain" / "log.csv")
    _touch(tmp_path / "trackeval" / "data" / "a.txt", tmp_path / "trackeval" / "pedestrian_summary.txt")
    assert _names(tmp_path / "plain") == ["a", "b"]
    assert _names(tmp_path / "trackeval") == ["a"]
    assert _names(tmp_path / "plain" / "b.txt") == ["b"]


def test_folder_of_one_tracker_is_that_tracker_and_of_several_a_choice(tmp_path: Path) -> None:
    _touch(tmp_path / "first" / "data" / "a.txt")
    (tmp_path / "empty").mkdir()
    assert _names(tmp_path) == ["a"]
    _touch(tmp_path / "second" / "a.txt")
    with pytest.raises(InputError, match="results of 2 trackers in it, give one of them: first, second"):
        find_results(tmp_path)


def test_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no results in it"):
        find_results(tmp_path)
