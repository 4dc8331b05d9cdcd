"""Which boxes and actions of a sequence are scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_platform.formats.motchallenge import MotRows, SequenceInfo
from mot_platform.metrics.actions.action_samples import (
    ActionSamples,
    action_samples,
    action_vocabulary,
    join_samples,
    score_actions,
)
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.clear_identity import clear_matches, identity_matches
from mot_platform.metrics.tracks.sequence_data import align_sequence

IDS = (4, 7)


def _samples(rows: MotRows, actions: list, found: MotRows, score: list, num_frames: int = 3) -> ActionSamples:
    info = SequenceInfo(name="a", frame_rate_hz=10, num_frames=num_frames, width_px=100, height_px=100)
    truth = SequenceTruth(
        info=info, rows=rows, actions=np.array(actions, bool).reshape(-1, 2), action_ids=IDS
    )
    aligned = align_sequence("a", rows, found, num_frames=num_frames, min_visibility=0.1)
    return action_samples(
        truth,
        SequencePrediction(rows=found, action_score=np.array(score, np.float32).reshape(-1, 2)),
        aligned=aligned,
        found=clear_matches(aligned),
        owned=identity_matches(aligned),
        predicted_ids=IDS,
        vocabulary=IDS,
    )


def test_frame_whose_people_are_unlabelled_is_skipped_and_an_empty_one_is_not(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0), (1, 1, 0)])
    found = make_rows([(0, 1, 0), (1, 1, 0), (2, 1, 0)])
    samples = _samples(rows, [[1, 0], [0, 0]], found, [[0.9, 0.1]] * 3)
    assert set(samples.predicted.image.tolist()) == {0, 2}
    assert (samples.truth.image.tolist(), samples.truth.action_id.tolist()) == ([0], [4])


def test_sequence_without_labels_counts_nothing(make_rows: Callable) -> None:
    samples = _samples(make_rows([(0, 1, 0)]), [[0, 0]], make_rows([(0, 1, 0), (2, 1, 0)]), [[0.9, 0.1]] * 2)
    assert len(samples.predicted.image) == 0
    assert score_actions(samples, IDS) is None


def test_hidden_people_are_not_asked_for_their_action(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0), (0, 2, 30), (0, 3, 60)])
    rows = replace(rows, visibility=np.array([1, 0.2, 0.05]))
    samples = _samples(rows, [[1, 0]] * 3, rows, [[0.9, 0.1]] * 3)
    assert len(samples.found.matched) == 1  # 0.3 and more
    assert len(samples.truth.image) == 2  # 0.1 and more
    assert sorted(set(samples.predicted.xyxy[:, 0])) == [0, 30]


def test_scores_follow_the_matched_track(make_rows: Callable) -> None:
    rows, found = make_rows([(0, 1, 0), (0, 2, 50)]), make_rows([(0, 8, 51)])
    samples = _samples(rows, [[1, 0], [0, 1]], found, [[0.25, 0.75]])
    assert samples.found.matched.tolist() == [False, True]
    assert samples.found.score[1].tolist() == [0.25, 0.75]
    scores = score_actions(samples, IDS)
    assert scores is not None
    assert (scores.action_map.ap_by_action, scores.found.accuracy) == (pytest.approx({4: 0, 7: 1}), 0.5)


def test_what_acts_in_an_unsure_box_ranks_below(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0)])
    found = replace(make_rows([(0, 8, 60), (0, 9, 0)]), score=np.array([0.25, 0.75]))
    samples = _samples(rows, [[1, 0]], found, [[1, 0], [0.5, 0]])
    assert samples.predicted.score.tolist() == [0.25, 0.375]
    assert samples.found.score.tolist() == [[0.5, 0]], "of one person, actions alone"
    scores = score_actions(samples, IDS)
    assert scores is not None
    assert scores.action_map.mean_ap == pytest.approx(1)


def test_action_named_by_another_persons_track_is_not_identified(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0), (1, 1, 0), (2, 1, 0)])
    found = make_rows([(0, 8, 0), (1, 8, 0), (2, 9, 0)])  # 8 is the person's own track
    samples = _samples(rows, [[1, 0]] * 3, found, [[0.9, 0.1]] * 3)
    scores = score_actions(samples, IDS)
    assert scores is not None
    assert (scores.found.accuracy, scores.identified.accuracy) == (1, pytest.approx(2 / 3))
    assert scores.identified.accuracy_of_matched == 1


def test_joined_sequences_keep_their_images_apart(make_rows: Callable) -> None:
    rows = make_rows([(0, 1, 0)])
    part = _samples(rows, [[1, 0]], rows, [[0.9, 0.1]])
    joined = join_samples([part, part], [0, 3])
    assert joined.truth.image.tolist() == [0, 3]
    assert len(joined.found.matched) == 2


def test_vocabulary_is_the_union_unless_a_side_has_none() -> None:
    assert action_vocabulary([3, 1], [2, 3]) == (1, 2, 3)
    assert action_vocabulary([1], []) == ()
