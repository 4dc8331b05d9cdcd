"""Detections from Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.parquet_detections import read_table, rows_by_video, rows_of_table, videos_in


def table(**columns: Any) -> pa.Table:
    """Return three boxes, in frames 1, 0 and 1."""
    boxes = {
        name: pa.array([value] * 3, pa.float32()) for name, value in zip(("x1", "y1"), (1, 2), strict=True)
    }
    boxes |= {
        name: pa.array([value] * 3, pa.float64()) for name, value in zip(("x2", "y2"), (11, 22), strict=True)
    }
    return pa.table({"frame_index": [1, 0, 1], "score": [0.9, 0.8, 0.7], **boxes, **columns})


def test_required_columns_alone_are_enough(tmp_path: Path) -> None:
    pq.write_table(table(comment=["a", "b", "c"]), tmp_path / "d.parquet")
    found = read_table(tmp_path / "d.parquet")
    rows = rows_of_table(found, "d.parquet")
    assert "comment" not in found.column_names
    assert videos_in(tmp_path / "d.parquet") is None
    np.testing.assert_array_equal(rows.frame_index, [0, 1, 1])
    np.testing.assert_array_equal(rows.score, np.array([0.8, 0.9, 0.7], np.float32))
    np.testing.assert_array_equal(rows.xyxy, np.array([[1, 2, 11, 22]] * 3, np.float32))
    assert (rows.class_id.tolist(), rows.time_s, rows.embedding) == ([1, 1, 1], None, None)


def test_optional_columns_are_read() -> None:
    embedding = pa.array([[3.0, 4.0], [0.0, 0.0], [0.0, -2.0]], pa.list_(pa.float64()))
    rows = rows_of_table(table(time_s=[5.5, 5.0, 5.5], class_id=[3, 2, 3], embedding=embedding), "here")
    assert rows.time_s is not None
    assert (rows.time_s.tolist(), rows.class_id.tolist()) == ([5.0, 5.5, 5.5], [2, 3, 3])
    np.testing.assert_allclose(rows.embedding, [[0, 0], [0.6, 0.8], [0, -1]], rtol=1e-6)


def test_videos_are_told_apart(tmp_path: Path) -> None:
    mixed = table(video=pa.array(["b", "a", "b"]).dictionary_encode())
    pq.write_table(mixed, tmp_path / "d.parquet")
    assert videos_in(tmp_path / "d.parquet") == ["a", "b"]
    found = read_table(tmp_path / "d.parquet")
    rows = {name: rows_of_table(found, name, number) for name, number in rows_by_video(found).items()}
    assert {name: part.score.round(1).tolist() for name, part in rows.items()} == {
        "a": [pytest.approx(0.8)],
        "b": [pytest.approx(0.9), pytest.approx(0.7)],
    }


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        pytest.param({"frame_index": [0, -1, 0]}, r"row 1 \(from 0\): frame_index is below 0", id="negative"),
        pytest.param({"frame_index": [0, 1, 2**40]}, r"row 2 .*frame_index is above", id="late"),
        pytest.param({"frame_index": [0, 0.5, 1]}, "frame_index is of type double", id="fraction"),
        pytest.param({"frame_index": ["a", "b", "c"]}, "frame_index is of type string", id="words"),
        pytest.param({"score": [0.5, None, 0.5]}, "row 1 .*score is null", id="null"),
        pytest.param({"x2": [1.0, 2.0, float("nan")]}, "row 2 .*x2 is not finite", id="nan"),
        pytest.param({"class_id": [0, 70_000, 0]}, "row 1 .*class_id is beyond", id="class"),
        pytest.param({"time_s": [1.0, 2.0, 1.0]}, "row 0 .*time_s does not grow", id="time backwards"),
        pytest.param({"time_s": [1.0, 0.0, 1.5]}, "row 2 .*differs within a frame", id="two times"),
        pytest.param(
            {"embedding": [[1.0], [1.0, 2.0], [1.0, 2.0]]}, "row 0 .*has not 2 numbers", id="length"
        ),
        pytest.param({"embedding": [[1.0], None, [2.0]]}, "row 1 .*embedding has not 1", id="no embedding"),
        pytest.param({"embedding": [[1.0], [None], [2.0]]}, "row 1 .*embedding is null", id="null inside"),
        pytest.param({"embedding": ["a", "b", "c"]}, "embedding is of type string", id="embedding of words"),
    ],
)
def test_a_bad_value_is_named_by_its_row(columns: dict[str, Any], problem: str) -> None:
    broken = table().to_pydict() | columns
    with pytest.raises(ValueError, match=rf"^here: .*{problem}|^here: {problem}"):
        rows_of_table(pa.table(broken), "here")


def test_what_is_no_file_of_detections_is_named(tmp_path: Path) -> None:
    (tmp_path / "d.parquet").write_text("no")
    with pytest.raises(InputError, match=r"d.parquet: not a readable Parquet file"):
        videos_in(tmp_path / "d.parquet")
    pq.write_table(table(video=["a", None, "a"]), tmp_path / "d.parquet")
    with pytest.raises(InputError, match="video is null"):
        read_table(tmp_path / "d.parquet")
    pq.write_table(table().drop(["score"]), tmp_path / "d.parquet")
    with pytest.raises(InputError, match="no column score; detections have frame_index"):
        read_table(tmp_path / "d.parquet")
