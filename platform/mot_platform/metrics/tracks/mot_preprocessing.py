"""Which ground-truth rows a benchmark counts, and which predictions it forgives.

Each benchmark splits the ground truth in three: rows that are evaluated, rows that absorb (a prediction on
them is neither right nor wrong, and is taken out before any score), and rows that are left out altogether.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.tracks.box_pairs import BoxPairs, assign_by_frame

Benchmark = Literal["plain", "mot15", "mot16", "mot17", "mot20", "dancetrack"]

PEDESTRIAN_CLASS = 1
_DISTRACTOR_CLASSES = (2, 7, 8, 12)  # person on vehicle, static person, distractor, reflection
_NON_MOT_VEHICLE_CLASS = 6  # absorbs in MOT20 only
_NUM_MOT_CLASSES = 13
MATCH_IOU = 0.5
ROUNDING = float(np.finfo(np.float64).eps)


def evaluated_and_absorbing_rows(
    truth: MotRows, benchmark: Benchmark, *, min_visibility: float = 0.0
) -> tuple[Array, Array]:
    """Return two masks `(R,)` over the rows of `truth`: those evaluated, and those that absorb predictions.

    `mot16`, `mot17` and `mot20` evaluate pedestrians whose flag is not 0 and absorb at persons on vehicles,
    static persons, distractors and reflections (`mot20`: and vehicles). `mot15` and `dancetrack` evaluate
    every row whose flag is not 0. `plain` does too, and absorbs at rows with flag 0 or a visibility below
    `min_visibility`.

    Raises:
        ValueError: if the benchmark is unknown, or a class of MOT16, MOT17 or MOT20 is not in 1..13.

    Source: TrackEval, docs/MOTChallenge-Official; the MOT17 and MOT20 development kit.
    """
    if benchmark == "plain":
        evaluated = (truth.score != 0) & (truth.visibility >= min_visibility)
        return evaluated, ~evaluated
    flagged = np.trunc(truth.score) != 0  # TrackEval reads whole numbers
    if benchmark in ("mot15", "dancetrack"):
        return flagged, np.zeros(len(truth), bool)
    if benchmark not in get_args(Benchmark):
        raise ValueError(f"benchmark {benchmark!r} is unknown; choose from {', '.join(get_args(Benchmark))}")
    unknown = np.flatnonzero((truth.class_id < 1) | (truth.class_id > _NUM_MOT_CLASSES))
    if len(unknown):
        row = unknown[0]
        raise ValueError(
            f"class {truth.class_id[row]} in frame {truth.frame_index[row] + 1} of the ground truth; "
            f"{benchmark} has classes 1 to {_NUM_MOT_CLASSES}"
        )
    absorbing = _DISTRACTOR_CLASSES + ((_NON_MOT_VEHICLE_CLASS,) if benchmark == "mot20" else ())
    return flagged & (truth.class_id == PEDESTRIAN_CLASS), np.isin(truth.class_id, absorbing)


def absorbed_predictions(pairs: BoxPairs, absorbing: Array) -> Array:
    """Return the mask `(P,)` of the predicted boxes that belong to an absorbing row.

    Args:
        pairs: Of all ground-truth boxes, evaluated or not, with all predicted ones.
        absorbing: bool `(G,)`, over the ground-truth boxes.
    """
    absorbed = np.zeros(pairs.predicted_start[-1], bool)
    if absorbing.any():
        matched = assign_by_frame(pairs, np.where(pairs.iou < MATCH_IOU - ROUNDING, 0, pairs.iou))
        absorbed[pairs.predicted[matched[absorbing[pairs.truth[matched]]]]] = True
    return absorbed
