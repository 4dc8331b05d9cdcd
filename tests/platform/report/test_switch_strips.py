"""Pictures of wrong identities."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.wrong_identity import WrongIdentitySpan
from mot_platform.report.score_contents import ScoredSequence
from mot_platform.report.switch_strips import MAX_STRIPS, PICTURE_PX, switch_strips


@pytest.fixture
def spans(truth: SequenceTruth, tracks: Tracks) -> tuple[WrongIdentitySpan, ...]:
    """Return the one wrong span: person 1 has track 9 in the last two frames."""
    report = evaluate_sequences([truth], {"a": tracks}, action_ids=(11, 14), with_motmetrics=False)
    return report.combined.wrong_identity.spans


@pytest.fixture
def sequence(truth: SequenceTruth, tracks: Tracks, video: Path) -> ScoredSequence:
    rows = SequencePrediction.from_tracks(tracks).rows
    return ScoredSequence(truth=truth, predicted=rows, frames=str(video))


def test_a_strip_shows_the_person_with_the_track_that_is_on_them(
    spans: tuple[WrongIdentitySpan, ...], sequence: ScoredSequence
) -> None:
    (strip,) = switch_strips(spans, [sequence])
    assert [(one.caption, one.frame_index, one.time_s) for one in strip.pictures] == [
        ("before", 5, 0.5),
        ("switch", 6, 0.6),
        ("last wrong frame", 7, 0.7),
    ]
    assert [(one.marks[-1].track_id, one.marks[-1].label) for one in strip.pictures] == [
        (7, "own"),
        (9, ""),
        (9, ""),
    ]
    before, switch, _ = strip.pictures
    assert before.marks[-1].color != switch.marks[-1].color
    assert [(mark.track_id, mark.is_faint) for mark in switch.marks] == [(8, True), (9, False)]
    for picture in strip.pictures:
        data = base64.b64decode(picture.image.removeprefix("data:image/jpeg;base64,"))
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert pixels.shape == (PICTURE_PX, PICTURE_PX, 3)
        assert abs(pixels.mean() - (60 + 10 * picture.frame_index)) < 4


def test_the_mark_lies_on_the_person_in_the_cut_out_square(
    spans: tuple[WrongIdentitySpan, ...], sequence: ScoredSequence
) -> None:
    (strip,) = switch_strips(spans, [sequence])
    mark = strip.pictures[0].marks[-1]  # the box (9, 10, 25, 40) of 64 x 48, cut to the left 48 x 48
    assert (mark.left, mark.top, mark.width, mark.height) == pytest.approx(
        (100 * 9 / 48, 100 * 10 / 48, 100 * 16 / 48, 100 * 30 / 48), abs=0.01
    )


def test_frames_that_cannot_be_read_say_why(
    spans: tuple[WrongIdentitySpan, ...], sequence: ScoredSequence, tmp_path: Path
) -> None:
    (tmp_path / "x.mp4").write_text("no video")
    (strip,) = switch_strips(spans, [replace(sequence, frames=str(tmp_path / "x.mp4"))])
    assert strip.pictures == ()
    assert "x.mp4" in strip.problem


def test_there_are_strips_only_where_frames_are_and_not_too_many(
    spans: tuple[WrongIdentitySpan, ...], sequence: ScoredSequence
) -> None:
    assert switch_strips(spans, [replace(sequence, frames=None)]) == ()
    assert switch_strips((), [sequence]) == ()
    assert len(switch_strips(spans * (MAX_STRIPS + 3), [sequence])) == MAX_STRIPS
