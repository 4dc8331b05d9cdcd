"""Behaviour of reading AVA csv as labels."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.ava_labels import AvaFile, read_ava_labels

ACTIONS = {11: "sit", 12: "stand", 14: "walk"}


def read(path, log, **options):
    return read_ava_labels(AvaFile(path=path, **{"actions": ACTIONS, "lists_all": True} | options), log)


def test_rows_of_one_box_become_one_box_with_several_actions(write_text, log) -> None:
    path = write_text(
        "ava.csv",
        "b,902,0.1,0.1,0.5,0.5,12,1\na,903,0.1,0.1,0.5,0.5,11,1\na,902,0.1,0.1,0.5,0.5,14,1\n"
        "a,902,0.1,0.1,0.5,0.5,12,1\na,902,0.2,0.1,0.5,0.5,12,2\nb,905\n",
    )
    labels = read(path, log)
    assert sorted(labels) == ["a", "b"]
    a, b = labels["a"], labels["b"]
    assert a.position.tolist() == [902, 902, 903]
    assert a.track_id.tolist() == [1, 2, 1]
    assert a.action_names == ("sit", "stand", "walk")
    assert a.action.astype(int).tolist() == [[0, 1, 1], [0, 1, 0], [1, 0, 0]]
    assert a.places.of(0) == f"{path}:3"
    assert b.labelled.tolist() == [902, 905]  # nobody is in the image of 905 s
    assert not log.problems()


def test_without_ids_boxes_are_told_apart_by_where_they_are(write_text, log) -> None:
    path = write_text(
        "ava.csv", "a,902,0.1,0.1,0.5,0.5,12\na,902,0.1,0.1,0.5,0.5,14\na,902,0.1,0.1,0.6,0.5,14\n"
    )
    labels = read(path, log)["a"]
    assert labels.track_id.tolist() == [-1, -1]
    assert labels.action.sum(axis=1).tolist() == [2, 1]


def test_only_used_actions_count_where_no_list_says_more(write_text, log) -> None:
    path = write_text("ava.csv", "a,902,0.1,0.1,0.5,0.5,12\n")
    assert read(path, log, lists_all=False)["a"].action_names == ("stand",)


def test_excluded_images_are_not_labelled(write_text, log) -> None:
    path = write_text("ava.csv", "a,902,0.1,0.1,0.5,0.5,12\na,903,0.1,0.1,0.5,0.5,12\na,904\n")
    labels = read(path, log, excluded=frozenset({("a", 903.0), ("a", 904.0)}))["a"]
    assert labels.labelled.tolist() == [902]
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("ava.csv:2", "1 rows are of excluded timestamps; left out")
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a,902,0.1,0.1,0.5,0.5,99,1", "action 99 is not in the list of actions; left out"),
        ("a,902,0.1,0.1,0.5,x,12,1", "y2 is 'x', not a number; left out"),
        ("a,902,0.1,0.1,0.5,7,12,1", "y2 is 7, which is not a share of the frame, from 0 to 1; left out"),
        ("a,902,0.1,0.1,0.5,0.5,12", "7 columns, but the first row has 8; left out"),
        ("a,902,0.1", "3 comma-separated columns; AVA rows have 7 to 9; left out"),
    ],
)
def test_rows_that_can_not_be_used(write_text, log, row, problem) -> None:
    path = write_text("ava.csv", f"a,901,0.1,0.1,0.5,0.5,12,1\n\n{row}\na,903,0.1,0.1,0.5,0.5,12,1\n")
    assert read(path, log)["a"].position.tolist() == [901, 903]
    assert [(found.where, found.what) for found in log.problems()] == [("ava.csv:3", problem)]


def test_a_file_that_is_no_text(tmp_path, log) -> None:
    (tmp_path / "ava.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert read(tmp_path / "ava.csv", log) == {}
    assert len(log.problems()) == 1
