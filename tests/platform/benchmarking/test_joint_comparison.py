"""The table of the comparison."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_platform.benchmarking import own_trackers
from mot_platform.benchmarking.joint_comparison import FIGURES, compare, first_frames
from mot_platform.benchmarking.joint_participants import own_participant
from mot_platform.benchmarking.own_trackers import YARDSTICK
from mot_platform.benchmarking.peer_identity import ContestantIdentifier
from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.evaluating import evaluate


def test_every_tracker_of_a_network_makes_a_row_by_our_scorer(
    tiny_corpus: Path, untrained_weights: Path
) -> None:
    videos = read_corpus(tiny_corpus)[:1]
    ours = own_participant(str(untrained_weights), input_wh=(160, 96), threads=1)
    trackers = {
        one.name: ContestantIdentifier(one, score_floor=0.1) for one in (YARDSTICK, own_trackers.ours())
    }
    detector = replace(ours, name="detector", identifiers=trackers, action_ids=(), action_names=())
    nameless = replace(ours, name="nameless", tells_identity=False)
    rows = compare([ours, detector, nameless], videos, timed_frames=4, rounds=1)
    assert [row.tracker for row in rows] == ["our tracker", *trackers, "our tracker"]
    expected = evaluate(load_engine(str(untrained_weights)), videos).report.scalars()
    assert rows[0].figures == pytest.approx({name: expected[name] for name in FIGURES})
    for row in rows[1:3]:
        assert row.figures["detection_AP50"] == rows[0].figures["detection_AP50"]
        assert "action_mAP" not in row.figures
    assert rows[1].figures["HOTA"] != rows[2].figures["HOTA"]
    assert set(rows[3].figures) == {"detection_AP50", "action_mAP"}
    assert all(row.network_ms > 0 for row in rows)


def test_frames_of_a_split_begin_where_it_does(tiny_corpus: Path) -> None:
    video = replace(read_corpus(tiny_corpus)[0], frames=range(15, 20))
    frames = first_frames(video, (80, 64), 3)
    assert [int(frame.frame_index[0]) for frame in frames] == [15, 16, 17]
    assert frames[0].pixels.shape == (1, 48, 80, 3)
