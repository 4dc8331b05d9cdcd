"""Behaviour of the reader of AVA as it is downloaded."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.ava_corpus import find_ava_files, read_ava_corpus
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.errors import InputError

ROW = "{},{},0.25,0.25,0.5,0.5,{},1\n"
LIST = 'label {{\n  name: "{}"\n  label_id: 12\n}}\n'


@pytest.fixture
def official(tmp_path, write_text, write_video):
    """Return a folder as AVA is downloaded, two versions of it, one clip cut at 902 s."""
    write_text("annotations/ava_train_v2.1.csv", ROW.format("old", 902, 12))
    write_text("annotations/ava_train_v2.2.csv", ROW.format("a", 902, 12) + ROW.format("a", 902.2, 12))
    write_text("annotations/ava_val_v2.2.csv", ROW.format("b", 902, 12))
    write_text("annotations/ava_train_excluded_timestamps_v2.2.csv", "a,0902.2\n")
    write_text("annotations/ava_action_list_v2.1.pbtxt", LIST.format("old"))
    write_text("annotations/ava_action_list_v2.2.pbtxt", LIST.format("stand"))
    write_text("annotations/ava_action_list_v2.2_for_activitynet_2019.pbtxt", LIST.format("challenge"))
    write_video("clips/a.mkv", start_s=902.0)
    return tmp_path


def test_the_newest_of_each_is_taken(official) -> None:
    files = find_ava_files([official, official / "annotations"])
    assert {split: path.name for split, path in files.labels.items()} == {
        "train": "ava_train_v2.2.csv",
        "val": "ava_val_v2.2.csv",
    }
    assert files.excluded["train"].name == "ava_train_excluded_timestamps_v2.2.csv"
    assert files.action_list.name == "ava_action_list_v2.2.pbtxt"


def test_ava_as_it_is_downloaded(official) -> None:
    source, problems = read_source(ReadRequest(kind="ava", root=official))
    a, b = source.videos
    assert (source.action_names, source.action_ids, source.complete_classes) == (
        ("stand",),
        (12,),
        ("person",),
    )
    assert (a.status, a.splits[0].split, b.status, b.splits[0].split) == ("ready", "train", "missing", "val")
    assert a.frame_times_s[0] == pytest.approx(902)
    assert a.boxes.frame_index.tolist() == [0]  # the other is excluded
    assert a.boxes.xyxy.tolist() == [[32, 16, 64, 32]]
    assert [problem.what for problem in problems] == [
        "1 rows are of excluded timestamps; left out",
        "no video or images of 1 of 2 videos: b",
    ]


def test_a_video_is_in_one_split_only(tmp_path, write_text, log) -> None:
    write_text("ava_train.csv", ROW.format("a", 902, 12))
    write_text("ava_val.csv", ROW.format("a", 903, 12))
    (video,) = read_ava_corpus(tmp_path, log).videos
    assert video.official_split == "train"
    assert [problem.what for problem in log.problems()] == ["a is in train already; left out"]


def test_no_annotations(tmp_path, log) -> None:
    with pytest.raises(InputError, match="no annotations of AVA in it or its folder annotations"):
        read_ava_corpus(tmp_path, log)


def test_a_list_that_can_not_be_read_is_told(tmp_path, write_text, log) -> None:
    write_text("ava_train.csv", ROW.format("a", 902, 12))
    write_text("ava_action_list.pbtxt", 'item {\n  name: "x"\n}\n')
    found = read_ava_corpus(tmp_path, log)
    assert found.action_ids["stand"] == 12
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("ava_action_list.pbtxt:1", "an action needs a name and an id; AVA's own list taken")
    ]
