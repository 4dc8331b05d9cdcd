"""How long people are followed by the wrong track."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from mot_platform.metrics.tracks.clear_identity import clear, clear_matches, identity_matches
from mot_platform.metrics.tracks.sequence_data import align_sequence
from mot_platform.metrics.tracks.wrong_identity import WrongIdentity, combine_wrong_identity, wrong_identity


def _wrong(
    make_rows: Callable, truth: list, predicted: list, *, name: str = "a", frame_rate_hz: float = 10
) -> WrongIdentity:
    sequence = align_sequence(name, make_rows(truth), make_rows(predicted), num_frames=30)
    return wrong_identity(
        sequence, clear_matches(sequence), identity_matches(sequence), frame_rate_hz=frame_rate_hz
    )


def test_swap_that_is_mended_lasts_until_it_is_mended(make_rows: Callable) -> None:
    truth = [(frame, person, 50 * person) for frame in range(10) for person in (1, 2)]
    swapped = [(frame, 3 - person if 4 <= frame < 7 else person, left) for frame, person, left in truth]
    wrong = _wrong(make_rows, truth, swapped)
    assert [(span.truth_id, span.own_id, span.predicted_ids) for span in wrong.spans] == [
        (1, 1, (2,)),
        (2, 2, (1,)),
    ]
    assert {(span.first_frame, span.last_frame, span.num_boxes) for span in wrong.spans} == {(4, 6, 3)}
    assert (wrong.mean_s, wrong.max_s, wrong.wrong_share) == pytest.approx((0.3, 0.3, 6 / 20))


def test_same_number_of_switches_can_last_shorter_or_longer(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(20)]
    brief = [(frame, 2 if frame == 5 else 1, 0) for frame in range(20)]
    long = [(frame, 2 if 5 <= frame < 13 else 1, 0) for frame in range(20)]
    for predicted, seconds in ((brief, 0.1), (long, 0.8)):
        sequence = align_sequence("a", make_rows(truth), make_rows(predicted), num_frames=20)
        assert clear(sequence, clear_matches(sequence)).id_switches == 2
        assert _wrong(make_rows, truth, predicted).max_s == pytest.approx(seconds)


def test_several_wrong_tracks_in_a_row_are_one_span(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(9)]
    predicted = [(frame, 1 + max(0, frame // 2 - 1), 0) for frame in range(9) if frame != 5]
    (span,) = _wrong(make_rows, truth, predicted).spans
    assert (span.predicted_ids, span.first_frame, span.last_frame) == ((2, 3, 4), 4, 8)
    assert (span.num_boxes, span.num_frames) == (4, 5)  # not found in frame 5


def test_person_without_a_track_of_their_own_is_wrong_throughout(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(5)] + [(frame, 2, 0) for frame in range(5, 8)]
    (span,) = _wrong(make_rows, truth, [(frame, 7, 0) for frame in range(8)]).spans
    assert (span.truth_id, span.own_id, span.predicted_ids, span.num_boxes) == (2, None, (7,), 3)


def test_sequences_combine_with_the_longest_span_first(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(20)]
    parts = [
        _wrong(make_rows, truth, [(f, 2 if f < length else 1, 0) for f in range(20)], name=name)
        for name, length in (("a", 2), ("b", 6), ("c", 0))
    ]
    both = combine_wrong_identity(parts)
    assert [span.sequence for span in both.spans] == ["b", "a"]
    assert (both.num_wrong, both.num_matched, both.median_s) == (8, 60, pytest.approx(0.4))
    assert (parts[2].spans, parts[2].max_s) == ((), 0)


def test_unknown_frame_rate_leaves_seconds_undefined(make_rows: Callable) -> None:
    truth = [(frame, 1, 0) for frame in range(5)]
    wrong = _wrong(make_rows, truth, [(f, 1 + (f > 2), 0) for f in range(5)], frame_rate_hz=0)
    assert math.isnan(wrong.mean_s)
    fields = json.loads(json.dumps(wrong.to_dict(), allow_nan=False))
    assert (fields["mean_s"], fields["spans"][0]["seconds"], fields["num_wrong"]) == (None, None, 2)


def test_nothing_found_is_nothing_wrong(make_rows: Callable) -> None:
    wrong = _wrong(make_rows, [(0, 1, 0)], [])
    assert (wrong.wrong_share, wrong.mean_s) == (0, 0)
