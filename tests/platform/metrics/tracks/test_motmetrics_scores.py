"""Figures of motmetrics made from our overlaps, and where they part from TrackEval's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mot_platform.metrics.score_files import score_files
from mot_platform.metrics.tracks.clear_identity import clear, clear_matches, identity, identity_matches
from mot_platform.metrics.tracks.motmetrics_scores import OVERALL, motmetrics_scores
from mot_platform.metrics.tracks.sequence_data import align_sequence


def test_agrees_with_our_counts_where_definitions_agree(make_rows: Callable) -> None:
    truth = make_rows([(frame, 1, 0) for frame in range(5)])
    predicted = make_rows([(0, 1, 0), (1, 1, 0), (2, 3, 90), (3, 2, 0), (4, 2, 0)])
    sequence = align_sequence("a", truth, predicted, num_frames=5)
    theirs, ours = motmetrics_scores([sequence])["a"], clear(sequence, clear_matches(sequence))
    assert theirs["mota"] == pytest.approx(ours.mota)
    assert theirs["idf1"] == pytest.approx(identity(sequence, identity_matches(sequence)).idf1)
    assert (theirs["num_switches"], theirs["num_fragmentations"]) == (ours.id_switches, ours.fragmentations)


def test_pair_outlives_a_gap_in_motmetrics_only(make_rows: Callable) -> None:
    truth = make_rows([(0, 1, 0), (1, 1, 0), (2, 1, 0)])
    predicted = make_rows(
        [(0, 1, 0), (1, 9, 90), (2, 1, 3), (2, 2, 0)]
    )  # after the gap a newcomer fits better
    sequence = align_sequence("a", truth, predicted, num_frames=3)
    assert motmetrics_scores([sequence])["a"]["num_switches"] == 0
    assert clear(sequence, clear_matches(sequence)).id_switches == 1


def test_sequences_are_combined_under_overall(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0)])
    sequences = [
        align_sequence("a", rows, rows, num_frames=1),
        align_sequence("b", rows, make_rows([]), num_frames=1),
    ]
    scores = motmetrics_scores(sequences)
    assert (scores["a"]["mota"], scores["b"]["mota"], scores[OVERALL]["mota"]) == (1, 0, 0.5)


PUBLISHED = (
    *("idf1", "idp", "idr", "recall", "precision", "num_unique_objects", "mostly_tracked"),
    *("partially_tracked", "mostly_lost", "num_false_positives", "num_misses", "num_switches"),
    *("num_fragmentations", "mota", "motp"),
)
"""The columns of EXPECTED.txt; MOTP is a distance, 1 - IoU."""


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["TUD-Campus", "TUD-Stadtmitte"])
def test_published_figures_of_mot15(shared_data: Path, name: str) -> None:
    folder = shared_data / "mot_text" / "MOT15"
    lines = [line.split() for line in (folder / "EXPECTED.txt").read_text().splitlines()]
    expected = next([float(figure) for figure in line[1:]] for line in lines if line[0] == name)
    scores = score_files(
        folder / name / "gt" / "gt.txt",
        folder / name / "tracker_result_motmetrics_test.txt",
        benchmark="mot15",
        with_motmetrics=True,
    ).report.sequences[0]
    assert [round(scores.motmetrics[key], 6) for key in PUBLISHED] == expected
    ours = scores.clear.mota, scores.identity.idf1, 1 - scores.clear.motp
    assert ours == pytest.approx([scores.motmetrics[key] for key in ("mota", "idf1", "motp")], abs=1e-9)
