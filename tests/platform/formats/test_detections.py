"""Detections by the kind of their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.detections import open_detections, read_text_detections, sequence_names


def test_text_is_one_sequence_in_the_order_of_frames(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("7,-1,10,20,30,40,2.3,-1,-1,-1\n\n2,-1,1.5,2.5,3,4,0.5,-1,-1,-1\n")
    ((name, read),) = open_detections(tmp_path / "d.txt", "A").items()
    rows = read()
    assert (name, rows.frame_index.tolist(), rows.num_frames, rows.num_clipped) == ("A", [1, 6], 7, 1)
    np.testing.assert_array_equal(rows.xyxy[0], [1.5, 2.5, 4.5, 6.5])
    np.testing.assert_array_equal(rows.score, np.array([0.5, 1.0], np.float32))


def test_an_empty_file_has_no_frames(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("\n")
    rows = read_text_detections(tmp_path / "d.txt")
    assert (len(rows), rows.num_frames) == (0, 0)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param("0,-1,0,0,9,9,0.5,1", "2: frame is 0; frames are whole numbers from 1", id="frame 0"),
        pytest.param("1,-1,0,0,9,9,high,1", "2: score is 'high', not a number", id="word"),
        pytest.param("1,-1,0,0,9,9", "2: 6 columns, but the first row has 8", id="columns"),
        pytest.param("1e300,-1,0,0,9,9,0.5,1", "2: frame is 1e300, too large", id="frame beyond all"),
        pytest.param("1,-1,0,0,9,9,0.5,-1e30", "2: column 8 is -1e30, too large", id="class beyond all"),
        pytest.param("9999999999,-1,0,0,9,9,0.5,1", "2: frame is too large", id="late frame"),
        pytest.param("1,-1,0,0,9,9,0.5,99999", "2: class is too large", id="class"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "d.txt").write_text(f"1,-1,0,0,9,9,0.5,1\n{row}\n")
    with pytest.raises(ValueError, match=rf"d.txt:{problem}"):
        read_text_detections(tmp_path / "d.txt")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_bytes(b"\xff\xfe1,2")
    with pytest.raises(ValueError, match=r"d.txt: not a text file"):
        read_text_detections(tmp_path / "d.txt")


def test_boxes_without_end_stay_numbers(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("1,-1,0,0,1e300,9,0.5\n")
    assert np.isfinite(read_text_detections(tmp_path / "d.txt").xyxy).all()


def test_parquet_is_told_by_its_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"video": ["b", "a"]}), tmp_path / "d.parquet")
    assert sequence_names(tmp_path / "d.parquet", "A") == ["a", "b"]
    assert sequence_names(tmp_path / "d.txt", "A") == ["A"]
    with pytest.raises(InputError, match=r"no column frame_index, x1, y1, x2, y2, score; detections have"):
        open_detections(tmp_path / "d.parquet", "A")
