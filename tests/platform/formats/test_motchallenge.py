"""Behaviour of the MOTChallenge reader and writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.motchallenge import (
    MotRows,
    SequenceInfo,
    read_mot,
    read_seqinfo,
    sift_mot,
    write_mot,
    write_seqinfo,
)


def _rows() -> MotRows:
    return MotRows(
        frame_index=np.array([0, 0, 7]),
        track_id=np.array([1, 2, 1]),
        xyxy=np.array([[1.5, 2, 11.25, 30], [-3, 0, 5, 9.125], [1800.125, 2, 1900, 40]]),
        score=np.array([1.0, 0.0, 1.0]),
        class_id=np.array([1, 8, 1]),
        visibility=np.array([1.0, 0.25, 0.0]),
    )


def test_ground_truth_comes_back_as_written(tmp_path: Path) -> None:
    write_mot(tmp_path / "gt.txt", _rows(), kind="gt")
    back = read_mot(tmp_path / "gt.txt", unique_ids=True)
    assert (tmp_path / "gt.txt").read_text().splitlines()[0] == "1,1,1.5,2,9.75,28,1,1,1"
    for name in ("frame_index", "track_id", "xyxy", "score", "class_id", "visibility"):
        np.testing.assert_array_equal(getattr(back, name), getattr(_rows(), name), err_msg=name)


def test_result_has_ten_columns_and_no_class(tmp_path: Path) -> None:
    write_mot(tmp_path / "result.txt", _rows())
    assert (tmp_path / "result.txt").read_text().splitlines()[1] == "1,2,-3,0,8,9.125,0,-1,-1,-1"
    assert read_mot(tmp_path / "result.txt").class_id.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1,2,3,4,5,6\n", id="six columns"),
        pytest.param("\n 1.0, 2.0, 3, 4, 5, 6, 1\n\n", id="spaces, floats and blank lines"),
        pytest.param("1,2,3,4,5,6,1,-1,-1,-1\r\n", id="ten columns and carriage returns"),
        pytest.param("\ufeff1,2,3,4,5,6,1,1", id="byte order mark, eight columns, no newline"),
        pytest.param("1,2,3,4,5,6,1,\n", id="a comma at the end"),
        pytest.param("\n1 2   3 4 5 6 1\n  \n", id="spaces only"),
        pytest.param("1\t2\t3\t4\t5\t6\t1\t-1\t-1\t-1\r\n", id="tabs"),
    ],
)
def test_variants_of_a_row_read_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.txt").write_text(text, encoding="utf-8", newline="")
    rows = read_mot(tmp_path / "rows.txt")
    assert (rows.frame_index.tolist(), rows.track_id.tolist()) == ([0], [2])
    assert rows.xyxy.tolist() == [[3, 4, 8, 10]]
    assert (rows.score.tolist(), rows.class_id.tolist(), rows.visibility.tolist()) == ([1], [1], [1])


def test_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("\n")
    assert read_mot(tmp_path / "rows.txt").xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("1,2,x,4,5,6", "left is 'x', not a number", id="text"),
        pytest.param("1,2,3,4,5", "5 columns, but the first row has 6", id="short"),
        pytest.param("1,2,3,4,nan,6", "width is nan; it must be finite", id="nan"),
        pytest.param("0,2,3,4,5,6", "frame is 0; frames are whole numbers from 1", id="frame zero"),
        pytest.param("1,2.5,3,4,5,6", "id is 2.5; ids are whole numbers", id="broken id"),
    ],
)
def test_malformed_row_is_named_by_file_and_line(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "rows.txt"
    path.write_text(f"1,1,3,4,5,6\n\n{line}\n")
    with pytest.raises(ValueError, match=r"rows.txt:3") as caught:
        read_mot(path)
    assert str(caught.value) == f"{path}:3: {problem}"


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("hello\n")
    with pytest.raises(ValueError, match=r"rows.txt:1: 1 columns; expected 6 to 10"):
        read_mot(tmp_path / "rows.txt")


def test_repeated_id_is_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("2,1,3,4,5,6\n\n1,1,3,4,5,6\n2,1,9,9,9,9\n")
    assert len(read_mot(tmp_path / "rows.txt")) == 3
    with pytest.raises(ValueError, match=r"rows.txt:4: id 1 is already in frame 2"):
        read_mot(tmp_path / "rows.txt", unique_ids=True)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="track_id"):
        MotRows(
            frame_index=np.zeros(2, np.int64),
            track_id=np.zeros(1, np.int64),
            xyxy=np.zeros((2, 4)),
            score=np.zeros(2),
            class_id=np.zeros(2, np.int64),
            visibility=np.zeros(2),
        )


def test_seqinfo_comes_back_as_written(tmp_path: Path) -> None:
    info = SequenceInfo(name="a", frame_rate_hz=29.97, num_frames=5, width_px=640, height_px=360)
    write_seqinfo(tmp_path / "seqinfo.ini", info)
    assert read_seqinfo(tmp_path / "seqinfo.ini") == info


def test_incomplete_seqinfo_names_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nname=a\n")
    with pytest.raises(ValueError, match=r"seqinfo.ini: .*frameRate"):
        read_seqinfo(tmp_path / "seqinfo.ini")


@pytest.mark.real_data
def test_every_real_layout_is_read(shared_data: Path) -> None:
    gt = read_mot(shared_data / "mot_text/MOT17/MOT17-09/gt/gt.txt", unique_ids=True)
    assert (gt.class_id.max() > 1, gt.visibility.min() < 1) == (True, True)
    assert read_mot(shared_data / "mot_text/MOT15/TUD-Campus/gt/gt.txt").class_id.max() == 1
    assert read_seqinfo(shared_data / "mot/PETS09-S2L1/seqinfo.ini").frame_rate_hz == 7


def test_sifting_keeps_what_can_be_used(tmp_path):
    path = tmp_path / "gt.txt"
    path.write_text("\n1,1,0,0,5,5,1,1,1\nbad\n2,1,0,0,5,5,1,1,1\n2,1,0,0,5,5,1\n")
    sifted = sift_mot(path)
    assert sifted.rows.frame_index.tolist() == [0, 1]
    assert sifted.line.tolist() == [2, 4]
    assert [(problem.line, problem.what) for problem in sifted.problems] == [
        (3, "1 columns; expected 6 to 10"),
        (5, "7 columns, but the first row has 9"),
    ]
    path.write_text("\n1,1,0,0,5,5,1,1,1\n\n2,1,0,0,5,5,1,1,1\n")
    assert sift_mot(path).line.tolist() == [2, 4]
    path.write_text("bad\n")
    assert len(sift_mot(path).rows) == 0
