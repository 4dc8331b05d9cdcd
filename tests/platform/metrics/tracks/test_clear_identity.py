"""CLEAR and Identity on cases small enough for paper; test_hota compares them with TrackEval."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mot_platform.metrics.tracks.clear_identity import (
    ClearScores,
    clear,
    clear_matches,
    combine_clear,
    combine_identity,
    identity,
    identity_matches,
)
from mot_platform.metrics.tracks.sequence_data import align_sequence


def _clear(make_rows: Callable, truth: list, predicted: list, num_frames: int = 10) -> ClearScores:
    sequence = align_sequence("a", make_rows(truth), make_rows(predicted), num_frames=num_frames)
    return clear(sequence, clear_matches(sequence))


def test_perfect_tracks_score_one(make_rows: Callable) -> None:
    rows = [(frame, 1, 2 * frame) for frame in range(10)]
    scores = _clear(make_rows, rows, rows)
    assert (scores.mota, scores.motp, scores.recall, scores.precision) == (1, 1, 1, 1)
    assert (scores.mostly_tracked, scores.id_switches, scores.fragmentations) == (1, 0, 0)


def test_pair_of_the_frame_before_is_kept_over_a_better_fit(make_rows: Callable) -> None:
    truth = [(0, 1, 0), (1, 1, 0)]
    predicted = [(0, 1, 0), (1, 1, 3), (1, 2, 0)]  # the newcomer fits better in the second frame
    scores = _clear(make_rows, truth, predicted, num_frames=2)
    assert (scores.id_switches, scores.false_positives) == (0, 1)
    assert scores.iou_sum == pytest.approx(1 + 7 / 13)


def test_new_id_after_a_gap_is_a_switch_and_a_fragment(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(5)]
    predicted = [(0, 1, 0), (1, 1, 0), (2, 9, 90), (3, 2, 0), (4, 2, 0)]
    scores = _clear(make_rows, truth, predicted)
    assert (scores.id_switches, scores.fragmentations, scores.false_negatives) == (1, 1, 1)
    assert scores.mota == pytest.approx((4 - 1 - 1) / 5)


def test_frame_without_any_prediction_is_no_fragment(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(3)]
    scores = _clear(make_rows, truth, [(0, 1, 0), (2, 2, 0)])  # TrackEval passes over such a frame
    assert (scores.id_switches, scores.fragmentations) == (1, 0)


def test_track_matched_in_exactly_80_percent_is_partly_tracked(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(5)] + [(frame, 2, 90) for frame in range(5)]
    predicted = [(frame, 1, 0) for frame in range(4)]
    scores = _clear(make_rows, truth, predicted)
    assert (scores.mostly_tracked, scores.partly_tracked, scores.mostly_lost) == (0, 1, 1)


@pytest.mark.parametrize(
    ("truth", "predicted", "counts"),
    [
        pytest.param([], [(0, 1, 0)], (0, 0, 1), id="no truth"),
        pytest.param([(0, 1, 0)], [], (0, 1, 0), id="no track"),
        pytest.param([], [], (0, 0, 0), id="nothing"),
        pytest.param([(0, 1, 0)], [(1, 1, 0)], (0, 1, 1), id="never together"),
    ],
)
def test_empty_sides_give_counts_and_no_error(
    make_rows: Callable, truth: list, predicted: list, counts: tuple[int, int, int]
) -> None:
    sequence = align_sequence("a", make_rows(truth), make_rows(predicted), num_frames=2)
    scores, ids = clear(sequence, clear_matches(sequence)), identity(sequence, identity_matches(sequence))
    assert (scores.true_positives, scores.false_negatives, scores.false_positives) == counts
    assert (ids.true_positives, ids.false_negatives, ids.false_positives) == counts
    assert scores.mota == (-1 if counts == (0, 1, 1) else 0)
    assert ids.idf1 == 0


def test_identity_gives_a_track_its_best_id_only(make_rows: Callable) -> None:
    truth = make_rows([(frame, 1, 0) for frame in range(5)])
    predicted = make_rows([(frame, 1 if frame < 3 else 2, 0) for frame in range(5)])
    sequence = align_sequence("a", truth, predicted, num_frames=5)
    ids = identity(sequence, identity_matches(sequence))
    assert (ids.true_positives, ids.false_negatives, ids.false_positives) == (3, 2, 2)
    assert ids.idf1 == pytest.approx(0.6)


def test_counts_add_up_over_sequences(make_rows: Callable) -> None:
    rows = make_rows([(frame, 1, 0) for frame in range(3)])
    found = align_sequence("a", rows, rows, num_frames=3)
    missed = align_sequence("b", rows, make_rows([]), num_frames=4)
    both = combine_clear([clear(part, clear_matches(part)) for part in (found, missed)])
    assert (both.num_frames, both.recall, both.mostly_tracked, both.mostly_lost) == (3, 0.5, 1, 1)
    assert (
        combine_identity([identity(part, identity_matches(part)) for part in (found, missed)]).recall == 0.5
    )
