"""Columns of detections."""

from __future__ import annotations

import numpy as np

from mot_platform.formats.detection_rows import sorted_rows


def test_rows_are_sorted_by_frame_and_keep_their_order_within() -> None:
    rows = sorted_rows(
        frame_index=np.array([2, 0, 2, 1]),
        xyxy=np.arange(16.0).reshape(4, 4),
        score=np.array([0.5, 1.5, -2.0, 1.0]),
        class_id=np.array([1, 2, 3, 4]),
        embedding=np.eye(4, dtype=np.float32),
    )
    np.testing.assert_array_equal(rows.frame_index, [0, 1, 2, 2])
    np.testing.assert_array_equal(rows.class_id, [2, 4, 1, 3])
    np.testing.assert_array_equal(rows.score, [1, 1, 0.5, 0])
    assert rows.embedding is not None
    np.testing.assert_array_equal(rows.embedding.argmax(axis=1), [1, 3, 0, 2])
    assert (rows.num_clipped, rows.num_frames, rows.time_s) == (2, 3, None)
    assert (rows.xyxy.dtype, rows.score.dtype) == (np.float32, np.float32)
