"""What is reported of actions."""

from __future__ import annotations

import json
import math

import numpy as np

from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.tubes import Tubes
from mot_platform.metrics.actions.video_map import video_map


def _no_tubes() -> Tubes:
    none = np.zeros(0, np.int64)
    return Tubes(tube=none, frame=none, xyxy=np.zeros((0, 4)), video=none, action_id=none, score=np.zeros(0))


def test_undefined_figures_are_left_out_or_null() -> None:
    report = ActionReport(
        benchmark="jhmdb",
        action_map=ActionMap(mean_ap=math.nan, ap_by_action={}),
        video_map=video_map(_no_tubes(), _no_tubes()),
        num_images=0,
    )
    assert report.scalars() == {}
    line = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert (line["action_map"]["mean_ap"], line["video_map"]["video_mAP@0.5"]) == (None, None)


def test_curves_stay_out_of_json() -> None:
    scores = ActionMap(
        mean_ap=0.5,
        ap_by_action={3: 0.5},
        precision_by_action={3: np.ones(101)},
        num_truth_by_action={3: 7},
    )
    report = ActionReport(benchmark="ava", action_map=scores, action_names={3: "crouch"}, num_images=4)
    assert report.scalars() == {"frame_mAP": 0.5}
    line = json.loads(json.dumps(report.to_dict()))
    assert line["action_map"] == {
        "mean_ap": 0.5,
        "ap_by_action": {"3": 0.5},
        "num_truth_by_action": {"3": 7},
    }
    assert (line["action_names"], line["video_map"]) == ({"3": "crouch"}, None)
