"""Builders that the tests of the metrics share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from mot_platform.formats.motchallenge import MotRows

RowsBuilder = Callable[[Sequence[tuple[int, int, float]]], MotRows]


@pytest.fixture
def make_rows() -> RowsBuilder:
    """Return a builder of fully visible 10 x 10 boxes from (frame, id, left)."""

    def build(boxes: Sequence[tuple[int, int, float]]) -> MotRows:
        columns = np.array(boxes, np.float64).reshape(-1, 3)
        left = columns[:, 2]
        num = len(columns)
        return MotRows(
            frame_index=columns[:, 0].astype(np.int64),
            track_id=columns[:, 1].astype(np.int64),
            xyxy=np.stack([left, np.zeros(num), left + 10, np.full(num, 10.0)], axis=1),
            score=np.ones(num),
            class_id=np.ones(num, np.int64),
            visibility=np.ones(num),
        )

    return build
