"""Marks on pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mot_model.structures import Tracks
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.report.marks import followers_of, predicted_marks, truth_marks
from mot_platform.video.trails import TrailBuffer

SIZE_WH = (64, 48)
NAMES = ("sit", "walk (on foot)")


def first_frame(tracks: Tracks) -> Tracks:
    return tracks[tracks.frame_index == 0]


def test_a_prediction_shows_id_best_action_and_trail(tracks: Tracks) -> None:
    trails = TrailBuffer()
    trails.update(first_frame(tracks))
    marks = predicted_marks(first_frame(tracks), size_wh=SIZE_WH, action_names=NAMES, trails=trails)
    assert [(mark.track_id, mark.label) for mark in marks] == [(7, "walk 0.80"), (8, "sit 0.80")]
    assert marks[1].left == 62.5
    assert marks[1].width == 25
    assert marks[1].trail == "75.0,83.3"


def test_boxes_are_cut_at_the_edges(tracks: Tracks) -> None:
    outside = replace(first_frame(tracks), xyxy=np.array([[-9, -9, 32, 24], [32, 24, 99, 99]], np.float32))
    marks = predicted_marks(outside, size_wh=SIZE_WH, action_names=(), trails=TrailBuffer())
    assert [(m.left, m.top, m.width, m.height) for m in marks] == [(0, 0, 50, 50), (50, 50, 50, 50)]
    assert marks[0].label == ""


def test_a_person_has_the_colour_of_the_track_that_follows_longest(
    truth: SequenceTruth, tracks: Tracks
) -> None:
    followers = followers_of(truth, tracks)
    assert followers == {1: 7, 2: 8}
    names = dict(zip(truth.action_ids, NAMES, strict=True))
    true = truth_marks(truth, 0, size_wh=SIZE_WH, action_names=names, followers=followers)
    found = predicted_marks(first_frame(tracks), size_wh=SIZE_WH, action_names=NAMES, trails=TrailBuffer())
    assert [mark.color for mark in true] == [mark.color for mark in found]
    assert [(mark.track_id, mark.label) for mark in true] == [(1, "walk"), (2, "sit")]


def test_people_whom_nobody_follows_are_grey(truth: SequenceTruth) -> None:
    assert followers_of(truth, Tracks.empty(2)) == {}
    marks = truth_marks(truth, 0, size_wh=SIZE_WH, action_names={}, followers={})
    assert {mark.color for mark in marks} == {"rgb(150 152 160)"}


def test_hidden_people_are_not_shown(truth: SequenceTruth, tracks: Tracks) -> None:
    hidden = replace(truth, rows=replace(truth.rows, visibility=np.zeros(len(truth.rows))))
    assert truth_marks(hidden, 0, size_wh=SIZE_WH, action_names={}, followers={}) == ()
    assert followers_of(hidden, tracks) == {}
