"""Other readings of the actions of tracks, to show what reading them from the memory of a track brings."""

# R rows, A actions

from __future__ import annotations

import numpy as np

from mot_model.structures import Array, Tracks

PER_FRAME = "per_frame"
"""Each row says what the present frame alone shows."""
SMOOTHED = "smoothed"
"""Each row says the mean of what the last frames of its track show, each alone."""
READING_NAMES = {PER_FRAME: "present frame alone", SMOOTHED: "mean of the last frames"}
"""What people call them."""


def smoothed_scores(tracks: Tracks, *, num_frames: int) -> Array:
    """Return the mean of the action scores over the last `num_frames` rows of the same track, `(R, A)`.

    Args:
        tracks: Rows in any order.
        num_frames: Rows to average, its own included; a track that is younger has fewer.
    """
    order = np.lexsort((tracks.frame_index, tracks.track_id))
    track_id, place = tracks.track_id[order], np.arange(len(order))
    begins = np.flatnonzero(np.diff(track_id, prepend=-1))
    first = np.maximum(np.repeat(begins, np.diff(begins, append=len(order))), place - num_frames + 1)
    sums = np.zeros((len(order) + 1, tracks.action_score.shape[1]))
    np.cumsum(tracks.action_score[order], axis=0, out=sums[1:])
    smoothed = np.zeros_like(tracks.action_score)
    smoothed[order] = (sums[place + 1] - sums[first]) / (place + 1 - first)[:, None]
    return smoothed
