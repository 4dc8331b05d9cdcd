"""Where the results of a tracker are found."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import read_mot
from mot_platform.metrics.result_files import find_results
from mot_platform.schema import TRACKS_SCHEMA, videos_table


def _names(pred: Path) -> list[str]:
    return [result.name for result in find_results(pred).files]


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
    results = find_results(path).files
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


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Return the output folder of `label` for three videos: with tracks, without, and not to be read."""
    root = tmp_path / "labels"
    for name in ("tracks", "videos"):
        (root / name).mkdir(parents=True)
    box = {"video": "in/a.mp4", "frame_index": 4, "time_s": 0.2, "class_id": 0, "class_name": "person"}
    box |= {"x1": 1.0, "y1": 2.0, "x2": 11.0, "y2": 22.0, "score": 0.5, "unit_id": "u"}
    walk, sit = (
        {"action_id": 12, "name": "walk", "score": 0.75},
        {"action_id": 11, "name": "sit", "score": 0.5},
    )
    rows = [box | {"track_id": 1, "actions": [walk, sit]}, box | {"track_id": 2, "actions": [walk]}]
    pq.write_table(pa.Table.from_pylist(rows, schema=TRACKS_SCHEMA), root / "tracks" / "u.parquet")
    videos = [
        {"video": "in/a.mp4", "status": "done"},
        {"video": "in/b.mp4", "status": "done"},
        {"video": "in/c.mp4", "status": "dead", "error_stage": "open", "error": "no such file"},
    ]
    pq.write_table(videos_table(videos), root / "videos" / "u.parquet")
    return root


def test_output_folder_of_label_has_a_result_for_each_video(labelled: Path) -> None:
    found = find_results(labelled)
    assert [(result.name, len(result.prediction.rows)) for result in found.files if result.prediction] == [
        ("in/a.mp4", 2),
        ("in/b.mp4", 0),
    ]
    assert found.failed == {"in/c.mp4": "open: no such file"}
    prediction = found.files[0].prediction
    assert prediction is not None
    assert (prediction.rows.frame_index.tolist(), prediction.rows.score.tolist()) == ([4, 4], [0.5, 0.5])
    assert list(found.action_names.items()) == [(11, "sit"), (12, "walk")]
    assert prediction.action_score.tolist() == [[0.5, 0.75], [0, 0.75]]


def test_parquet_file_without_its_folder_is_a_result_too(labelled: Path, tmp_path: Path) -> None:
    (labelled / "tracks" / "u.parquet").rename(tmp_path / "mine.parquet")
    assert _names(tmp_path / "mine.parquet") == ["in/a.mp4"]
