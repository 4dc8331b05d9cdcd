"""How ground truth and predictions are put side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_platform.metrics.tracks.sequence_data import align_sequence


def test_rows_in_any_order_are_aligned_by_frame(make_rows: Callable) -> None:
    truth = make_rows([(2, 7, 0), (0, 7, 0), (0, 3, 50)])
    predicted = make_rows([(2, 100, 5), (0, 900, 50)])
    aligned = align_sequence("a", truth, predicted, num_frames=4)
    assert (aligned.truth.row.tolist(), aligned.predicted.row.tolist()) == ([1, 2, 0], [1, 0])
    assert (aligned.truth.track.tolist(), aligned.truth.track_id.tolist()) == ([1, 0, 1], [3, 7])
    assert (aligned.truth.count.tolist(), aligned.predicted.count.tolist()) == ([1, 2], [1, 1])
    every = np.arange(2)
    assert aligned.frames_of(every).tolist() == [0, 2]
    assert [rows.tolist() for rows in aligned.rows_of(every)] == [[2, 0], [1, 0]]
    assert [tracks.tolist() for tracks in aligned.tracks_of(every)] == [[0, 1], [1, 0]]
    np.testing.assert_allclose(aligned.pairs.iou, [1, 1 / 3])


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
