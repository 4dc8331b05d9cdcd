"""Behaviour of reading gt.txt as labels."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.mot_labels import MOT20_CLASSES, MotFile, read_info, read_mot_labels
from mot_platform.datasets.readers.video_labels import MAX_FRAMES


def test_classes_of_mot17_and_mot20(write_text, log) -> None:
    """Pedestrian, flagged out, vehicles, those whom predictions may find, occluder, crowd."""
    classes = [(1, 1), (0, 1), (0, 2), (0, 3), (0, 6), (0, 7), (0, 8), (0, 9), (0, 12), (0, 13)]
    lines = [f"1,{n},10,10,5,5,{flag},{number},0.5" for n, (flag, number) in enumerate(classes)]
    gt = write_text("gt/gt.txt", "\n".join(lines))
    labels = read_mot_labels(MotFile(gt=gt), log)
    named = [labels.class_names[number] for number in labels.class_id]
    assert list(zip(labels.track_id.tolist(), named, labels.ignored.tolist(), strict=True)) == [
        (0, "person", False),
        (1, "person", True),
        (2, "person", True),
        (3, "car", False),
        (4, "non-motorised vehicle", False),
        (5, "person", True),
        (6, "person", True),
        (8, "person", True),
        (9, "person", True),
    ]
    in_mot20 = read_mot_labels(MotFile(gt=gt), log, classes=MOT20_CLASSES)
    assert (in_mot20.class_names[in_mot20.class_id[4]], bool(in_mot20.ignored[4])) == ("person", True)
    assert labels.visibility.tolist() == [0.5] * 9
    assert not log.problems()


def test_classes_may_have_names_beside_them(write_text, log) -> None:
    write_text("gt/labels.txt", "dog\ncat\n")
    gt = write_text("gt/gt.txt", "1,1,0,0,5,5,1,2,1\n1,2,0,0,5,5,0,1,1\n1,3,0,0,5,5,1,3,1\n")
    labels = read_mot_labels(MotFile(gt=gt), log)
    assert labels.class_names == ("dog", "cat")
    assert labels.class_id.tolist() == [1, 0]
    assert labels.ignored.tolist() == [False, True]
    assert [problem.what for problem in log.problems()] == ["class 3 is none of MOTChallenge's; left out"]


def test_seqinfo_says_which_frames_are_labelled(write_text, log) -> None:
    gt = write_text("a/gt/gt.txt", "3,1,0,0,5,5,1,1,1\n")
    assert read_mot_labels(MotFile(gt=gt), log).labelled.tolist() == [0, 1, 2]
    write_text(
        "a/seqinfo.ini",
        "[Sequence]\nname=a\nframeRate=30\nseqLength=5\nimWidth=128\nimHeight=64\nimExt=.jpg\n",
    )
    labels = read_mot_labels(MotFile(gt=gt, info=read_info(gt.parent.parent, log)), log)
    assert labels.labelled.tolist() == [0, 1, 2, 3, 4]
    assert (labels.size_wh, labels.frame_rate_hz) == ((128, 64), 30.0)


@pytest.mark.parametrize(
    ("text", "num_rows", "problem"),
    [
        ("1,1,0,0,5,5,1,1,1\n1,2,0,x,5,5,1,1,1\n", 1, ("gt.txt:2", "top is 'x', not a number; left out")),
        (
            "1,1,0,0,5,5,1,1,1\n\n1,2,0,0,5,5\n",
            1,
            ("gt.txt:3", "6 columns, but the first row has 9; left out"),
        ),
        ("0,1,0,0,5,5,1,1,1\n", 0, ("gt.txt:1", "frame is 0; frames are whole numbers from 1; left out")),
        ("frame,id\n1,1,0,0,5,5,1,1,1\n", 1, ("gt.txt:1", "2 columns; expected 6 to 10; left out")),
        ("1,1,0,0,inf,5,1,1,1\n", 0, ("gt.txt:1", "width is inf; it must be finite; left out")),
    ],
)
def test_rows_that_can_not_be_read(write_text, log, text, num_rows, problem) -> None:
    labels = read_mot_labels(MotFile(gt=write_text("gt.txt", text)), log)
    assert len(labels) == num_rows
    assert [(found.where, found.what) for found in log.problems()] == [problem]


def test_a_slip_in_a_frame_number_does_not_fill_the_memory(write_text, log) -> None:
    gt = write_text("gt.txt", "1,1,0,0,5,5,1,1,1\n1000000000000000,1,0,0,5,5,1,1,1\n")
    assert len(read_mot_labels(MotFile(gt=gt), log).labelled) == MAX_FRAMES


def test_files_that_can_not_be_read(tmp_path, write_text, log) -> None:
    (tmp_path / "gt.txt").write_bytes(b"\xff\xfe\x00")
    assert read_mot_labels(MotFile(gt=tmp_path / "gt.txt"), log) is None
    write_text("seqinfo.ini", "[Sequence]\nname=a\n")
    assert read_info(tmp_path, log) is None
    assert [problem.where for problem in log.problems()] == ["gt.txt", "seqinfo.ini"]
