"""Behaviour of the reader of YOLO text."""

from __future__ import annotations

import pytest

from mot_platform.formats.yolo import read_class_names, sift_yolo


def test_rows_with_and_without_track(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.5 0.5 0.25\n\n2 0.25 0.5 0.5 0.5 7\n")
    rows = sift_yolo(path)
    assert rows.class_id.tolist() == [0, 2]
    assert rows.xyxy.tolist() == [[0.25, 0.375, 0.75, 0.625], [0, 0.25, 0.5, 0.75]]
    assert rows.track_id.tolist() == [-1, 7]
    assert rows.line.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("0 0.5 0.5 0.5", "4 columns; expected class, centre x, centre y, width, height and maybe track"),
        ("0 0.5 0.5 x 0.5", "width is 'x', not a number"),
        ("0.5 0.5 0.5 0.5 0.5", "class is 0.5; classes are whole numbers from 0"),
        ("1e30 0.5 0.5 0.5 0.5", "class is 1e30; classes are whole numbers from 0"),
        ("-1 0.5 0.5 0.5 0.5", "class is -1; classes are whole numbers from 0"),
        ("0 640 0.5 0.5 0.5", "centre x is 640, not a share of the frame"),
        ("0 0.5 0.5 0.5 0.5 0.9", "track is 0.9, not a whole number"),
    ],
)
def test_rows_that_can_not_be_used(tmp_path, row, problem) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"0 0.5 0.5 0.5 0.25\n{row}\n")
    rows = sift_yolo(path)
    assert len(rows.line) == 1
    assert [(found.line, found.what) for found in rows.problems] == [(2, problem)]


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("data.yaml", "names: [a, b]", {0: "a", 1: "b"}),
        ("data.yaml", "names: {3: a}", {3: "a"}),
        ("classes.txt", "a\nb\n", {0: "a", 1: "b"}),
    ],
)
def test_names_of_classes(tmp_path, name, text, names) -> None:
    (tmp_path / name).write_text(text)
    assert read_class_names(tmp_path / name) == names


@pytest.mark.parametrize("text", ["nc: 3", "names: x", "names: {a: b}", "- a", "{"])
def test_yaml_without_names(tmp_path, text) -> None:
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"no names in it|not valid YAML"):
        read_class_names(tmp_path / "data.yaml")
