"""Behaviour of reading label files of all formats."""

from __future__ import annotations

from mot_platform.datasets.readers.custom_labels import CustomLabelReader
from mot_platform.datasets.readers.custom_media import MediaNames

ROW = "1,1,8,8,16,16,1,1,1\n"
AVA = "x,1,0.1,0.1,0.5,0.5,12,1\n"


def test_each_format_names_its_videos_in_its_way(tmp_path, write_text, log) -> None:
    write_text("seq/gt/gt.txt", ROW)
    write_text("day/one.txt", ROW)
    write_text("two.xml", "<annotations><meta><task><source>two.mov</source></task></meta></annotations>")
    write_text("set/labels/three_1.txt", "0 0.5 0.5 0.5 0.5\n")
    write_text("ava_val_v2.1.csv", AVA.replace("x", "four"))
    write_text("ava_val_v2.2.csv", AVA.replace("x", "five"))
    write_text("ava_excluded_timestamps.csv", "five,902\n")
    write_text("more.csv", AVA.replace("x", "six"))
    labels = CustomLabelReader(tmp_path, MediaNames({}), log).read()
    assert [(part.kind, part.video) for part in labels.found] == [
        ("mot", "day/one"),
        ("mot", "seq"),
        ("cvat", "two.mov"),
        ("yolo", "three"),
        ("ava", "five"),
        ("ava", "six"),
    ]
    assert labels.num_files == 8
    assert labels.action_ids["stand"] == 12


def test_a_sequence_that_is_the_folder_itself(tmp_path, write_text, log) -> None:
    write_text("seq/gt/gt.txt", ROW)
    (part,) = CustomLabelReader(tmp_path / "seq", MediaNames({}), log).read().found
    assert part.video == "seq"
    (part,) = CustomLabelReader(tmp_path / "seq" / "gt" / "gt.txt", MediaNames({}), log).read().found
    assert part.video == "seq"
