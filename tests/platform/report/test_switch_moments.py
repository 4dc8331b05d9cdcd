"""Which frames tell of a wrong identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.wrong_identity import WrongIdentitySpan
from mot_platform.report.score_contents import ScoredSequence
from mot_platform.report.switch_moments import SwitchMoments


def span(first_frame: int, last_frame: int, own_id: int | None = 7) -> WrongIdentitySpan:
    """Return person 1 followed by track 9."""
    return WrongIdentitySpan(
        sequence="a",
        truth_id=1,
        own_id=own_id,
        predicted_ids=(9,),
        first_frame=first_frame,
        last_frame=last_frame,
        num_boxes=last_frame - first_frame + 1,
        seconds=1.0,
    )


def swapped(truth: SequenceTruth, tracks: Tracks, wrong: range, unseen: range = range(0)) -> SwitchMoments:
    """Return the moments of a sequence where track 9 is on person 1 in the frames `wrong`, else 7."""
    person = truth.rows.track_id == 1
    late = np.isin(truth.rows.frame_index, wrong)
    tracks = replace(tracks, track_id=np.where(person, np.where(late, 9, 7), 8).astype(np.int32))
    rows = SequencePrediction.from_tracks(tracks[~(person & np.isin(tracks.frame_index, unseen))]).rows
    return SwitchMoments(ScoredSequence(truth=truth, predicted=rows[np.arange(len(rows))[::-1]]))


def test_a_span_begins_with_the_frame_before_and_ends_with_the_one_after(
    truth: SequenceTruth, tracks: Tracks
) -> None:
    moments = swapped(truth, tracks, range(2, 7)).of(span(2, 6))
    assert [(one.caption, one.frame_index, one.track_id) for one in moments] == [
        ("before", 1, 7),
        ("switch", 2, 9),
        ("still wrong", 4, 9),
        ("last wrong frame", 6, 9),
        ("after", 7, 7),
    ]
    assert all(one.others.track_id.tolist() == [8] for one in moments)


@pytest.mark.parametrize(
    ("wrong", "frames"),
    [
        pytest.param(range(8), [0, 2, 4, 5, 7], id="from beginning to end"),
        pytest.param(range(4), [0, 1, 2, 3, 4], id="from the beginning"),
        pytest.param(range(5, 6), [4, 5, 6], id="one frame"),
    ],
)
def test_where_there_is_no_before_or_after_more_of_the_span_is_shown(
    truth: SequenceTruth, tracks: Tracks, wrong: range, frames: list[int]
) -> None:
    moments = swapped(truth, tracks, wrong).of(span(wrong[0], wrong[-1]))
    assert [one.frame_index for one in moments] == frames
    assert moments[0].caption == ("before" if wrong[0] else "first found")


def test_before_is_the_last_frame_in_which_the_person_had_their_own_track(
    truth: SequenceTruth, tracks: Tracks
) -> None:
    moments = swapped(truth, tracks, range(4, 8), unseen=range(2, 4))
    assert moments.of(span(4, 7))[0].frame_index == 1
    (first, *_) = moments.of(span(4, 7, own_id=None))
    assert (first.frame_index, first.track_id) == (3, None)


def test_of_two_tracks_on_a_person_the_one_that_was_counted_is_shown(
    truth: SequenceTruth, tracks: Tracks
) -> None:
    doubled = Tracks.concatenate(
        [tracks, replace(tracks, track_id=(tracks.track_id + 100).astype(np.int32), xyxy=tracks.xyxy + 1)]
    )
    rows = SequencePrediction.from_tracks(doubled).rows
    moments = SwitchMoments(ScoredSequence(truth=truth, predicted=rows))
    (moment,) = [one for one in moments.of(replace(span(0, 5), predicted_ids=(107,))) if one.frame_index == 0]
    assert moment.track_id == 107
    assert 7 in moment.others.track_id


def test_a_span_that_is_not_in_the_boxes_has_no_moments(truth: SequenceTruth, tracks: Tracks) -> None:
    moments = swapped(truth, tracks, range(2, 7))
    assert moments.of(replace(span(2, 6), truth_id=5)) == ()
