"""Video-mAP by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_platform.metrics.actions.tubes import Tubes
from mot_platform.metrics.actions.video_map import TUBE_IOUS, video_map

Row = tuple[int, int, range, float, float]


def _tubes(rows: list[Row]) -> Tubes:
    """Return tubes of 10 x 10 boxes of (video, action, frames, left, score)."""
    frames = [np.array(row[2], np.int64) for row in rows]
    left = np.repeat([row[3] for row in rows], [len(frame) for frame in frames])
    zero = np.zeros(len(left))
    return Tubes(
        tube=np.repeat(np.arange(len(rows)), [len(frame) for frame in frames]),
        frame=np.concatenate([np.zeros(0, np.int64), *frames]),
        xyxy=np.stack([left, zero, left + 10, zero + 10], axis=1),
        video=np.array([row[0] for row in rows], np.int64),
        action_id=np.array([row[1] for row in rows], np.int64),
        score=np.array([row[4] for row in rows], np.float64),
    )


def test_half_of_a_tube_counts_up_to_its_overlap() -> None:
    scores = video_map(_tubes([(0, 1, range(10), 0, 1)]), _tubes([(0, 1, range(4, 10), 0, 1)]))
    assert scores.ap[0].tolist() == [float(tube_iou <= 0.6) for tube_iou in TUBE_IOUS]
    assert scores.mean_ap_50_95 == pytest.approx(0.3)
    assert scores.scalars()["video_mAP@0.75"] == 0


def test_second_best_tube_takes_what_is_free() -> None:
    truth = _tubes([(0, 1, range(10), 0, 1), (0, 1, range(10), 2, 1)])
    twice = _tubes([(0, 1, range(10), 0, 0.9), (0, 1, range(10), 0, 0.8), (0, 1, range(10), 0, 0.7)])
    scores = video_map(truth, twice)
    assert scores.mean_ap(0.5) == 1, "boxes 2 px apart have IoU 0.67"
    assert scores.mean_ap(0.75) == 0.5
    assert (scores.num_truth.tolist(), scores.num_predicted.tolist()) == ([2], [3])


def test_tube_of_another_video_action_or_time_is_wrong() -> None:
    truth = _tubes([(0, 1, range(10), 0, 1), (1, 2, range(5), 0, 1)])
    found = _tubes([(1, 1, range(10), 0, 0.9), (0, 2, range(10), 0, 0.9), (0, 1, range(10, 20), 0, 0.9)])
    assert video_map(truth, found).mean_ap(0.2) == 0
    later = _tubes([(1, 1, range(10), 0, 0.9), (0, 1, range(10), 0, 0.5), (0, 7, range(10), 0, 1)])
    scores = video_map(truth, later)
    assert (scores.action_ids, scores.ap_at(0.5).tolist()) == ((1, 2), [0.5, 0.0])
    assert scores.to_dict()["by_action"]["1"]["num_truth"] == 1  # type: ignore[index]


def test_empty_sides() -> None:
    some, none = _tubes([(0, 1, range(10), 0, 1)]), _tubes([])
    assert video_map(some, none).mean_ap(0.2) == 0
    assert math.isnan(video_map(none, some).mean_ap_50_95)
    assert video_map(none, some).to_dict()["video_mAP@0.5"] is None
