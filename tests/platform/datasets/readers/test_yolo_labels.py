"""Behaviour of reading YOLO text as labels."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.custom_media import MediaNames, find_media
from mot_platform.datasets.readers.yolo_labels import read_yolo_labels

ROW = "1 0.5 0.5 0.25 0.5\n"


def read(tmp_path, log, *, media=None):
    folder = tmp_path / "labels"
    files = sorted(folder.rglob("*.txt"))
    return read_yolo_labels(folder, files, MediaNames(media or {}), log, names_in=[tmp_path])


@pytest.mark.parametrize(
    "pattern", ["labels/a_{:06d}.txt", "labels/a/{:06d}.txt", "labels/a/frame_{:06d}.txt"]
)
@pytest.mark.parametrize(("numbers", "frames"), [([0, 1, 4], [0, 1, 4]), ([1, 2, 5], [0, 1, 4])])
def test_frames_are_counted_from_0_or_1(tmp_path, write_text, log, pattern, numbers, frames) -> None:
    for number in numbers:
        write_text(pattern.format(number), ROW if number else "")
    labels = read(tmp_path, log)["a"]
    assert labels.labelled.tolist() == frames
    assert labels.xyxy[0].tolist() == [0.375, 0.25, 0.625, 0.75]
    assert labels.class_names == ("class 1",)
    assert not labels.has_ids()


def test_images_are_found_by_name(tmp_path, write_text, write_images, log) -> None:
    write_images("images/train", [0, 1, 2])
    write_text("labels/train/000001.txt", ROW)
    labels = read(tmp_path, log, media=find_media(tmp_path))["train"]
    assert labels.position.tolist() == [1]


@pytest.mark.parametrize(
    ("name", "text"), [("classes.txt", "dog\ncat\n"), ("data.yaml", "nc: 2\nnames:\n  0: dog\n  1: cat\n")]
)
def test_classes_have_names(tmp_path, write_text, log, name, text) -> None:
    write_text(name, text)
    write_text("labels/a_1.txt", ROW)
    labels = read(tmp_path, log)["a"]
    assert labels.class_names == ("dog", "cat")
    assert labels.class_id.tolist() == [1]


def test_what_can_not_be_read_is_noted_with_its_line(tmp_path, write_text, log) -> None:
    write_text("data.yaml", "nc: 2\n")
    write_text("labels/a_1.txt", ROW + "x 0.5 0.5 0.25 0.5\n")
    write_text("labels/notes.txt", ROW)
    (tmp_path / "labels" / "a_2.txt").write_bytes(b"\xff\xfe")
    labels = read(tmp_path, log)["a"]
    assert len(labels) == 1
    assert {(problem.where, problem.what.partition(":")[0]) for problem in log.problems()} == {
        ("data.yaml", "no names in it; expected a list, or names by number; left out"),
        ("labels/a_1.txt:2", "class is 'x', not a number; left out"),
        ("labels/notes.txt", "no number in its name says which frame; left out"),
        ("labels/a_2.txt", "'utf-8' codec can't decode byte 0xff in position 0"),
    }
