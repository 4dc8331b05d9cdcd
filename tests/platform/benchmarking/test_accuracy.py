"""Scores of whole trackers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_model.structures import Detections
from mot_platform.benchmarking.accuracy import SequenceRun, difference, figures, run_tracker, score_run
from mot_platform.benchmarking.own_trackers import YARDSTICK, ours
from mot_platform.benchmarking.sequences import LabelledSequence
from mot_platform.formats.motchallenge import MotRows

NUM_FRAMES = 20


def sequence(name: str, jump_at: int) -> LabelledSequence:
    """Return one person who walks on, and in frame `jump_at` jumps away from all overlap."""
    left_px = np.arange(NUM_FRAMES) * 2.0 + 500.0 * (np.arange(NUM_FRAMES) >= jump_at)
    boxes = np.stack([left_px, np.zeros(NUM_FRAMES), left_px + 40, np.full(NUM_FRAMES, 100.0)], axis=1)
    frames = [
        Detections(
            frame_index=index,
            time_s=index / 30,
            xyxy=boxes[index : index + 1].astype(np.float32),
            score=np.full(1, 0.9, np.float32),
            class_id=np.ones(1, np.int64),
        )
        for index in range(NUM_FRAMES)
    ]
    ones = np.ones(NUM_FRAMES, np.int64)
    truth = MotRows(
        frame_index=np.arange(NUM_FRAMES),
        track_id=ones,
        xyxy=boxes,
        score=ones.astype(float),
        class_id=ones,
        visibility=ones.astype(float),
    )
    return LabelledSequence(name=name, benchmark="mot17", frames=tuple(frames), truth=truth)


def runs(*jumps_at: int) -> list[SequenceRun]:
    """Return runs of the yardstick, which makes two persons of one who jumps."""
    parts = [sequence(str(number), jump_at) for number, jump_at in enumerate(jumps_at)]
    return [score_run(part, *run_tracker(YARDSTICK, part, camera_motion=False)) for part in parts]


def test_a_perfect_tracker_has_all_points() -> None:
    easy = sequence("easy", NUM_FRAMES)
    rows, step_ms = run_tracker(ours(), easy, camera_motion=True)
    assert len(step_ms) == NUM_FRAMES
    scores = figures([score_run(easy, rows, step_ms)])
    assert {name: scores[name] for name in ("HOTA", "DetA", "AssA", "MOTA", "IDF1")} == pytest.approx(
        dict.fromkeys(("HOTA", "DetA", "AssA", "MOTA", "IDF1"), 100), abs=1e-3
    )
    assert scores["IDSW"] == 0


def test_a_lost_identity_costs() -> None:
    scores = figures(runs(NUM_FRAMES // 2))
    assert scores["IDF1"] == pytest.approx(50)
    assert scores["AssA"] == pytest.approx(50, abs=1e-3)
    assert scores["IDSW"] == 1


def test_nothing_found_is_no_error() -> None:
    nobody = sequence("nobody", NUM_FRAMES)
    hidden = [frame[np.zeros(1, bool)] for frame in nobody.frames]
    unseen = LabelledSequence(name="nobody", benchmark="mot17", frames=tuple(hidden), truth=nobody.truth)
    rows, step_ms = run_tracker(ours(), unseen, camera_motion=False)
    assert figures([score_run(unseen, rows, step_ms)])["HOTA"] == 0


def test_the_difference_has_the_standard_error_of_the_jackknife() -> None:
    good, bad = runs(NUM_FRAMES, NUM_FRAMES), runs(NUM_FRAMES, NUM_FRAMES // 2)
    same = difference(good, good, "IDF1")
    assert (same.points, same.standard_error) == (0, 0)
    worse = difference(bad, good, "IDF1")
    assert worse.points == pytest.approx(-25)
    assert worse.standard_error == pytest.approx(25)  # of two, one lost nothing and the other 50 points
    assert math.isnan(difference(good[:1], good[:1], "HOTA").standard_error)


def test_a_difference_of_other_sequences_is_an_error() -> None:
    two = runs(NUM_FRAMES, NUM_FRAMES)
    with pytest.raises(ValueError, match="same sequences"):
        difference(two, two[::-1], "HOTA")
