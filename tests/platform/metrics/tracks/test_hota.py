"""HOTA on cases small enough for paper, and against TrackEval on real trackers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.motchallenge import read_mot, read_seqinfo
from mot_platform.metrics.tracks.clear_identity import (
    clear,
    clear_matches,
    combine_clear,
    combine_identity,
    identity,
    identity_matches,
)
from mot_platform.metrics.tracks.hota import combine_hota, hota
from mot_platform.metrics.tracks.sequence_data import AlignedSequence, align_sequence


def test_perfect_tracks_score_one(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0), (0, 2, 50), (1, 1, 3)])
    scores = hota(align_sequence("a", rows, rows, num_frames=2))
    for curve in (scores.hota, scores.det_a, scores.ass_a, scores.loc_a, scores.owta):
        np.testing.assert_allclose(curve, np.ones(19))


def test_track_cut_in_half_keeps_detection_and_halves_association(make_rows: Callable) -> None:
    truth = make_rows([(frame, 1, 0) for frame in range(4)])
    predicted = make_rows([(frame, 1 + frame // 2, 0) for frame in range(4)])
    scores = hota(align_sequence("a", truth, predicted, num_frames=4))
    np.testing.assert_allclose(scores.det_a, 1)
    np.testing.assert_allclose(scores.ass_a, 0.5)  # each half shares 2 of 4 boxes
    np.testing.assert_allclose((scores.ass_re[0], scores.ass_pr[0]), (0.5, 1))
    np.testing.assert_allclose(scores.hota, np.sqrt(0.5))


def test_overlap_counts_up_to_its_threshold(make_rows: Callable) -> None:
    truth, predicted = make_rows([(0, 1, 0)]), make_rows([(0, 1, 5)])  # IoU 1/3
    scores = hota(align_sequence("a", truth, predicted, num_frames=1))
    assert scores.true_positives.tolist() == [1] * 6 + [0] * 13
    np.testing.assert_allclose(scores.loc_a[:6], 1 / 3)


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [([], [(0, 1, 0)]), ([(0, 1, 0)], []), ([], [])],
    ids=["no truth", "no track", "none"],
)
def test_nothing_on_one_side_scores_zero(make_rows: Callable, truth: list, predicted: list) -> None:
    scores = hota(align_sequence("a", make_rows(truth), make_rows(predicted), num_frames=1))
    assert scores.hota.tolist() == [0] * 19
    assert scores.false_negatives[0] == len(truth)
    assert scores.false_positives[0] == len(predicted)


def test_sequences_combine_by_their_true_positives(make_rows: Callable) -> None:
    whole = [(frame, 1, 0) for frame in range(6)]
    perfect = hota(align_sequence("a", make_rows(whole), make_rows(whole), num_frames=6))
    halves = [(frame, 1 + frame // 1, 0) for frame in range(2)]
    cut = hota(align_sequence("b", make_rows(whole[:2]), make_rows(halves), num_frames=2))
    np.testing.assert_allclose(combine_hota([perfect, cut]).ass_a, (6 * 1 + 2 * 0.5) / 8)


def _real_sequence(shared_data: Path, tracker: str, name: str) -> AlignedSequence:
    mot17 = shared_data / "mot_text" / "MOT17"
    sequence = mot17 / "-".join(name.split("-")[:2])
    return align_sequence(
        name,
        read_mot(sequence / "gt" / "gt.txt", unique_ids=True),
        read_mot(mot17 / "trackers" / tracker / f"{name}.txt", unique_ids=True),
        num_frames=read_seqinfo(sequence / "seqinfo.ini").num_frames,
        benchmark="mot17",
    )


def _assert_same(ours: dict[str, object], reference: dict[str, object], family: str) -> None:
    """Compare every field of `family`: counts exactly, fractions to 1e-9."""
    wanted = {key.split(".", 1)[1]: value for key, value in reference.items() if key.startswith(f"{family}.")}
    assert wanted.keys() <= ours.keys()
    for key, value in wanted.items():
        count = np.all(np.mod(value, 1) == 0)
        np.testing.assert_allclose(ours[key], value, rtol=0, atol=0 if count else 1e-9, err_msg=key)


@pytest.mark.real_data
@pytest.mark.parametrize("tracker", ["YAPT_dqvid3", "MPNTrack"])
def test_every_field_equals_trackeval(shared_data: Path, tracker: str) -> None:
    path = shared_data / "mot_text" / "MOT17" / "trackers" / tracker / "trackeval_reference.json"
    reference = json.loads(path.read_text())
    combined = reference.pop("COMBINED_SEQ")
    parts = []
    for name, fields in reference.items():
        sequence = _real_sequence(shared_data, tracker, name)
        scores = (
            hota(sequence),
            clear(sequence, clear_matches(sequence)),
            identity(sequence, identity_matches(sequence)),
        )
        for got, family in zip(scores, ("HOTA", "CLEAR", "Identity"), strict=True):
            _assert_same(got.to_dict(), fields, family)
        assert len(sequence.predicted) == fields["Count.Dets"]
        assert len(sequence.truth.count) == fields["Count.GT_IDs"]
        parts.append(scores)
    hotas, clears, identities = zip(*parts, strict=True)
    _assert_same(combine_hota(hotas).to_dict(), combined, "HOTA")
    _assert_same(combine_clear(clears).to_dict(), combined, "CLEAR")
    _assert_same(combine_identity(identities).to_dict(), combined, "Identity")
