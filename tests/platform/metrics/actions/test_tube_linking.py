"""How boxes without ids become tubes."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.formats.action_rows import ActionRows
from mot_platform.metrics.actions.tube_linking import linked_predictions, linked_truth
from mot_platform.metrics.actions.tubes import Tubes

Row = tuple[int, float, float]


def _rows(rows: list[Row], *, last_frame: int | None = None) -> ActionRows:
    """Return 10 x 10 boxes of (frame, left, score) in any order, in a video with or without a later frame."""
    columns = np.array(rows, np.float64).reshape(-1, 3)
    left, zero = columns[:, 1], np.zeros(len(columns))
    return ActionRows(
        videos=("v",),
        video=np.zeros(len(columns), np.int64),
        frame=columns[:, 0].astype(np.int64),
        person_id=np.full(len(columns), -1),
        xyxy=np.stack([left, zero, left + 10, zero + 10], axis=1),
        action_id=np.ones(len(columns), np.int64),
        score=columns[:, 2],
        empty_video=np.zeros(int(last_frame is not None), np.int64),
        empty_frame=np.array([] if last_frame is None else [last_frame], np.int64),
    )


def _spans(tubes: Tubes) -> list[tuple[int, int]]:
    """Return first and last frame of each tube."""
    frames = [tubes.frame[tubes.tube == number] for number in range(len(tubes))]
    return sorted((int(frame[0]), int(frame[-1])) for frame in frames)


def test_boxes_are_followed_over_a_gap_and_filled_in() -> None:
    tubes = linked_truth(_rows([(8, 6, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (20, 0, 1)]))
    assert _spans(tubes) == [(1, 8), (20, 20)]
    np.testing.assert_allclose(tubes.xyxy[tubes.frame == 5, 0], [2.4])


def test_tube_that_finds_nothing_for_five_frames_is_over() -> None:
    assert _spans(linked_truth(_rows([(1, 0, 1), (6, 0, 1)]))) == [(1, 6)]
    assert _spans(linked_truth(_rows([(1, 0, 1), (7, 0, 1)]))) == [(1, 1), (7, 7)]


def test_box_too_far_off_starts_a_tube() -> None:
    assert _spans(linked_truth(_rows([(1, 0, 1), (2, 7, 1)]))) == [(1, 1), (2, 2)]
    assert _spans(linked_truth(_rows([(1, 0, 1), (2, 6, 1)]))) == [(1, 2)]


def test_best_tube_takes_the_best_scored_box_near_it() -> None:
    rows = _rows([(1, 0, 0.9), (1, 30, 0.5), (2, 0, 0.3), (2, 6, 0.8), (2, 31, 0.4)])
    tubes = linked_predictions(rows)
    lefts = [tubes.xyxy[tubes.tube == number, 0].tolist() for number in range(len(tubes))]
    assert [0.0, 6.0] in lefts
    assert [30.0, 31.0] in lefts
    assert tubes.score[lefts.index([0.0, 6.0])] == pytest.approx(0.85)


def test_overlapping_boxes_and_tubes_are_thinned() -> None:
    doubled = [
        (frame, left, score) for frame in range(1, 21) for left, score in ((0, 0.9), (2, 0.8), (30, 0.7))
    ]
    tubes = linked_predictions(_rows(doubled))  # type: ignore[arg-type]
    assert sorted(tubes.score.round(3).tolist()) == [0.7, 0.9]
    crowd = [(frame, 20.0 * place, 0.5) for frame in range(1, 21) for place in range(14)]
    assert len(linked_predictions(_rows(crowd))) == 10
    assert len(linked_truth(_rows(crowd))) == 14
    crossing = [(frame, float(frame), 0.9) for frame in range(1, 21)]
    crossing += [(frame, 20.0 - frame / 2, 0.3) for frame in range(1, 9)]
    assert len(linked_predictions(_rows(crossing, last_frame=40))) == 1


def test_short_and_doubtful_tubes_are_dropped() -> None:
    short = [(frame, 0.0, 0.9) for frame in range(1, 15)]
    assert len(linked_predictions(_rows(short, last_frame=40))) == 0
    assert len(linked_predictions(_rows(short, last_frame=14))) == 1, "it is as long as the video"
    assert len(linked_predictions(_rows([*short, (15, 0.0, 0.9)], last_frame=40))) == 1
    assert len(linked_predictions(_rows([(frame, 0.0, 0.009) for frame in range(1, 41)]))) == 0


def test_no_boxes_are_no_tubes() -> None:
    assert len(linked_truth(_rows([]))) == 0
    assert len(linked_predictions(_rows([], last_frame=3))) == 0
