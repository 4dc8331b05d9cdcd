"""Camera motion from text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.camera_motion import read_camera_motion


@pytest.mark.parametrize("separator", [pytest.param(" ", id="blanks"), pytest.param("\t", id="tabs")])
def test_rows_are_affines_by_frame(tmp_path: Path, separator: str) -> None:
    rows = [["0", "1.0", "0", "0", "0", "1", "0"], ["3", "1", "-0.5", "2.25", "0.5", "1", "-7e1"]]
    text = "".join(separator.join(row) + separator + "\n" for row in rows)  # tools leave a separator behind
    (tmp_path / "gmc.txt").write_text(text + "\n")
    motions = read_camera_motion(tmp_path / "gmc.txt")
    assert list(motions) == [0, 3]
    np.testing.assert_array_equal(motions[3], np.array([[1, -0.5, 2.25], [0.5, 1, -70]], np.float32))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param("1 1 0 0 0 1", "2: 6 columns; camera motion has 7", id="columns"),
        pytest.param("1 1 0 x 0 1 0", "2: tx is 'x', not a number", id="word"),
        pytest.param("1 1 0 nan 0 1 0", "2: tx is nan; it must be finite", id="nan"),
        pytest.param("-1 1 0 0 0 1 0", "2: frame is -1", id="negative"),
        pytest.param("0 1 0 0 0 1 0", "2: frame 0 comes twice", id="twice"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "gmc.txt").write_text(f"0 1 0 0 0 1 0\n{row}\n")
    with pytest.raises(ValueError, match=rf"gmc.txt:{problem}"):
        read_camera_motion(tmp_path / "gmc.txt")


@pytest.mark.real_data
def test_both_real_layouts_are_read(shared_data: Path) -> None:
    for name, frames in (("MOT17/MOT17-02", 600), ("DanceTrack-val/dancetrack0004", 1203)):
        motions = read_camera_motion(shared_data / "mot_text" / name / "gmc.txt")
        assert list(motions) == list(range(frames))
        np.testing.assert_array_equal(motions[0], np.eye(2, 3))
