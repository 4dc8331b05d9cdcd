"""Other readings of actions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mot_model.structures import Tracks
from mot_platform.metrics.actions.action_readings import smoothed_scores


def test_the_mean_is_over_the_last_rows_of_the_same_track_in_time() -> None:
    frame = np.array([2, 0, 1, 3, 0, 2])
    track = np.array([7, 7, 7, 7, 9, 9])
    score = np.array([[4.0], [1], [2], [8], [10], [20]], np.float32)
    tracks = Tracks(
        frame_index=frame.astype(np.int32),
        time_s=frame / 10,
        track_id=track.astype(np.int32),
        class_id=np.zeros(6, np.int16),
        xyxy=np.zeros((6, 4), np.float32),
        score=np.ones(6, np.float32),
        action_score=score,
    )
    assert smoothed_scores(tracks, num_frames=2)[:, 0].tolist() == [3, 1, 1.5, 6, 10, 15]
    np.testing.assert_array_equal(smoothed_scores(tracks, num_frames=1), score)
    assert smoothed_scores(replace(tracks, action_score=score[:, :0]), num_frames=2).shape == (6, 0)
    assert smoothed_scores(Tracks.empty(3), num_frames=2).shape == (0, 3)
