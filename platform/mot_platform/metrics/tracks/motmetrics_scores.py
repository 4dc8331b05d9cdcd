"""MOTA, IDF1 and their counts as the library motmetrics (py-motmetrics) computes them: the cross-check.

The headline figures are TrackEval's (`clear_identity`); IDF1 is the same in both. motmetrics keeps a pair
alive over frames in which one of the two is missing, where TrackEval looks back one frame only, so id
switches, and with them MOTA, can differ by a few counts. It starts no new fragment when the ground-truth
track itself was away, where TrackEval does. Its MOTP is a mean distance, 1 - IoU. And a track matched in
exactly 80 % of its frames is mostly tracked, where TrackEval asks for more.
"""

from __future__ import annotations

from collections.abc import Sequence

import motmetrics
import numpy as np

from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU
from mot_platform.metrics.tracks.sequence_data import AlignedSequence

OVERALL = "OVERALL"

_METRICS = [
    *("mota", "motp", "idf1", "idp", "idr", "recall", "precision", "num_unique_objects"),
    *("mostly_tracked", "partially_tracked", "mostly_lost", "num_false_positives", "num_misses"),
    *("num_switches", "num_fragmentations"),
]


def _accumulator(sequence: AlignedSequence) -> motmetrics.MOTAccumulator:
    """Return motmetrics' event log of a sequence, made from our overlaps.

    Its own distances are not used: they fail on NumPy 2.
    """
    accumulator = motmetrics.MOTAccumulator()
    pairs = sequence.pairs
    truth, predicted = (
        np.split(side.track, start[1:-1])
        for side, start in (
            (sequence.truth, pairs.truth_start),
            (sequence.predicted, pairs.predicted_start),
        )
    )
    for frame_index in np.flatnonzero(np.diff(pairs.truth_start) + np.diff(pairs.predicted_start)).tolist():
        iou = pairs.matrix(frame_index, pairs.iou[pairs.frame(frame_index)])
        distance = np.where(iou >= MATCH_IOU, 1 - iou, np.nan)
        accumulator.update(truth[frame_index], predicted[frame_index], distance, frameid=frame_index)
    return accumulator


def motmetrics_scores(sequences: Sequence[AlignedSequence]) -> dict[str, dict[str, float]]:
    """Return motmetrics' figures under its own names, by sequence and under `OVERALL` combined.

    A figure that motmetrics leaves undefined (such as precision without predictions) is NaN.
    """
    summary = motmetrics.metrics.create().compute_many(
        [_accumulator(sequence) for sequence in sequences],
        metrics=_METRICS,
        names=[sequence.name for sequence in sequences],
        generate_overall=True,
    )
    return {str(name): {key: float(row[key]) for key in _METRICS} for name, row in summary.iterrows()}
