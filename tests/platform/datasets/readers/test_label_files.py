"""Behaviour of recognising label formats."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.label_files import find_label_files, format_of


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("gt/gt.txt", "", "mot"),
        ("a.txt", "1,1,0,0,5,5,1,1,1\n", "mot"),
        ("a.txt", "frame,id\n1,1,0,0,5,5,1,1,1\n", "mot"),
        ("a.txt", "1 1 0 0 5 5 1 1 1\n", "mot"),
        ("a_1.txt", "0 0.5 0.5 0.1 0.1\n", "yolo"),
        ("a_1.txt", "0 0.5 0.5 0.1 0.1 7\n", "yolo"),
        ("a_1.txt", "", "yolo"),
        ("README.txt", "These are the labels.\n", None),
        ("a.csv", "a,902,0.1,0.1,0.5,0.5,12\n", "ava"),
        ("a.csv", "a,902\n", "ava"),
        ("a.csv", "video,time,x1,y1,x2,y2,action\n", None),
        ("a.csv", "1,2,3\n", None),
        ("a.xml", '<?xml version="1.0"?>\n<annotations></annotations>', "cvat"),
        ("a.xml", "<annotation></annotation>", None),
        ("a.json", '{"images": [], "annotations": [], "categories": []}', "coco"),
        ("a.json", '{"videos": []}', None),
        ("a.md", "a,902,0.1,0.1,0.5,0.5,12\n", None),
    ],
)
def test_formats_are_told_by_content(write_text, name, text, expected) -> None:
    assert format_of(write_text(name, text)) == expected


def test_binary_files_are_none(tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    assert format_of(tmp_path / "a.csv") is None


def test_what_is_beside_ground_truth_is_not_read(tmp_path, write_text) -> None:
    row = "1,1,0,0,5,5,1,1,1\n"
    for name in (
        "s/gt/gt.txt",
        "s/gt/visible.txt",
        "s/gmc.txt",
        "s/det/det.txt",
        ".old/gt/gt.txt",
        "classes.txt",
        "t.txt",
    ):
        write_text(name, row)
    found = find_label_files(tmp_path)
    assert {kind: [str(path.relative_to(tmp_path)) for path in paths] for kind, paths in found.items()} == {
        "mot": ["s/gt/gt.txt", "t.txt"]
    }
    assert find_label_files(tmp_path / "s" / "gt" / "gt.txt") == {"mot": [tmp_path / "s" / "gt" / "gt.txt"]}
