"""Where the results of a tracker are found."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import read_mot
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


def _zip(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "1,1,0,0,9,9,1\n")
    return path


def test_results_in_a_zip_are_read_from_there(tmp_path: Path) -> None:
    path = _zip(tmp_path / "handed-in.zip", "mine/b.txt", "mine/a.txt", "__MACOSX/mine/a.txt", "notes.md")
    results = find_results(path)
    assert [(result.name, result.member) for result in results] == [("a", "mine/a.txt"), ("b", "mine/b.txt")]
    assert read_mot(results[0].text).track_id.tolist() == [1]


def test_zip_that_can_not_be_scored_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"two results of one name in it, x/a.txt and y/a.txt"):
        find_results(_zip(tmp_path / "two.zip", "y/a.txt", "x/a.txt"))
    with pytest.raises(InputError, match="no results in it"):
        find_results(_zip(tmp_path / "none.zip", "a.csv"))
    (tmp_path / "broken.zip").write_bytes(b"PK not really")
    with pytest.raises(InputError, match="not a readable zip"):
        find_results(tmp_path / "broken.zip")
