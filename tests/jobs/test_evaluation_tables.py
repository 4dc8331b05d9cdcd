"""The tables of an evaluation on the terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from mot_jobs.evaluation_tables import evaluation_tables
from mot_platform.corpus import read_corpus
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.separation import identity_separation
from mot_platform.metrics.sequence_prediction import SequencePrediction


def _rows(report: EvaluationReport) -> list[list[str]]:
    console = Console(width=250)
    with console.capture() as capture:
        console.print(*evaluation_tables(report))
    return [line.replace("│", " ").split() for line in capture.get().splitlines()]


def test_what_counts_most_comes_last_and_what_there_is_beside_it(tiny_corpus: Path) -> None:
    truth = read_corpus(tiny_corpus)[0].truth
    right = truth.actions.astype(np.float64)
    predicted = SequencePrediction(
        rows=truth.rows, action_score=right, other_action_scores={"per_frame": 1 - right}
    )
    report = evaluate_sequences(
        [truth], {truth.info.name: predicted}, action_ids=truth.action_ids, with_motmetrics=False
    )
    people = EmbeddedPeople(
        frame_index=np.array([0, 0, 1, 1]),
        person=np.array([1, 2, 1, 2]),
        embedding=np.eye(2, dtype=np.float32)[[0, 1, 0, 1]],
    )
    rows = _rows(replace(report, separation=identity_separation([people], min_similarity=0.6)))
    assert ["track", "memory", "100.00", "100.00"] in rows
    assert ["present", "frame", "alone", "0.00", "0.00"] in rows
    full = "100.00"
    assert ["1", "1.000", full, full, "50.00", "1.000", full, "2", "0.000", "0.00", "2"] in rows
    assert ["64", *"-----", "-", "0", "-", "-", "0"] in rows
    assert rows[-2] == [full] * 6
    alone = _rows(replace(report, other_actions={}))
    assert ["track", "memory", "100.00", "100.00"] not in alone
    assert alone[-2] == rows[-2]
