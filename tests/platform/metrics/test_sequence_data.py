"""How ground truth and predictions are put side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_platform.metrics.sequence_data import align_sequence


def test_rows_in_any_order_are_aligned_by_frame(make_rows: Callable) -> None:
    truth = make_rows([(2, 7, 0), (0, 7, 0), (0, 3, 50)])
    predicted = make_rows([(2, 100, 5), (0, 900, 50)])
    aligned = align_sequence("a", truth, predicted, num_frames=4)
    assert [frame.frame_index for frame in aligned.frames] == [0, 2]
    first, second = aligned.frames
    assert (first.truth_id.tolist(), first.truth_row.tolist()) == ([1, 0], [1, 2])
    assert (first.predicted_id.tolist(), second.predicted_id.tolist()) == ([1], [0])
    np.testing.assert_allclose(first.iou, [[0], [1]])
    np.testing.assert_allclose(second.iou, [[1 / 3]])
    assert (aligned.truth_count.tolist(), aligned.predicted_count.tolist()) == ([1, 2], [1, 1])


def test_hidden_row_is_neither_needed_nor_wrong_when_found(make_rows: Callable) -> None:
    truth = make_rows([(0, 1, 0), (0, 2, 50)])
    truth = replace(truth, visibility=np.array([1, 0.05]))
    aligned = align_sequence(
        "a", truth, make_rows([(0, 1, 0), (0, 2, 50), (0, 3, 90)]), num_frames=1, min_visibility=0.1
    )
    assert aligned.truth_kept.tolist() == [True, False]
    assert aligned.predicted_kept.tolist() == [True, False, True]


def test_repeated_id_is_refused_with_its_frame(make_rows: Callable) -> None:
    with pytest.raises(ValueError, match="seq: the prediction has id 4 more than once in frame 3"):
        align_sequence("seq", make_rows([]), make_rows([(2, 4, 0), (2, 4, 30)]), num_frames=3)


def test_frame_beyond_the_sequence_is_refused(make_rows: Callable) -> None:
    with pytest.raises(ValueError, match="the ground truth has frame 4, but the sequence has frames 1 to 3"):
        align_sequence("seq", make_rows([(3, 1, 0)]), make_rows([]), num_frames=3)


def test_box_that_is_not_finite_is_refused(make_rows: Callable) -> None:
    with pytest.raises(ValueError, match="the prediction has a box that is not finite in frame 1"):
        align_sequence("seq", make_rows([]), make_rows([(0, 1, np.nan)]), num_frames=3)


def test_sequence_without_frames_is_refused(make_rows: Callable) -> None:
    with pytest.raises(ValueError, match="num_frames is 0"):
        align_sequence("seq", make_rows([]), make_rows([]), num_frames=0)
