"""What `associate` says off a terminal."""

from __future__ import annotations

import pytest

from mot_jobs.association_display import AssociationDisplay, counts, remarks
from mot_platform.association.job import AssociationSummary, SequenceResult


def test_sequences_are_lines_and_brackets_stay(capsys: pytest.CaptureFixture[str]) -> None:
    with AssociationDisplay(2, steps_seen=False) as display:
        display.done(SequenceResult(sequence="[red]", frames=3, rows=2, ids=1))
        display.done(SequenceResult(sequence="b", error="b.txt:1: no"))
    said = capsys.readouterr().err
    assert said.splitlines() == ["associated [red]: 3 frames, 2 boxes, 1 ids", "failed: b: b.txt:1: no"]


def test_what_was_assumed_is_said_once_for_all() -> None:
    results = tuple(
        SequenceResult(sequence=name, assumed_frame_rate=True, num_clipped=name == "a") for name in "abcdefg"
    )
    assert remarks(AssociationSummary(results=results, seconds=1)) == [
        "30 frames per second assumed, no seqinfo.ini and no --fps: a, b, c, d, e and 2 more",
        "1 scores beyond 0 to 1 taken as the nearer end: a",
    ]
    assert counts(results) == "0 frames, 0 boxes, 0 ids"
