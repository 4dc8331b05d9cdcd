"""Ground truth and predictions of one sequence side by side, with their overlaps.

The overlaps are computed once here, after which CLEAR, Identity, HOTA and the action accuracy share them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.boxes import pairwise_iou
from mot_model.structures import Array
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.mot_preprocessing import (
    Benchmark,
    absorbed_predictions,
    evaluated_and_absorbing_rows,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedFrame:
    """The evaluated boxes of one frame; ids are counted from 0 over the sequence."""

    frame_index: int
    truth_id: Array
    """int64 `(G,)`."""
    predicted_id: Array
    """int64 `(P,)`."""
    truth_row: Array
    """int64 `(G,)`, row in the ground truth that the sequence was made of."""
    predicted_row: Array
    """int64 `(P,)`, row in the predictions."""
    iou: Array
    """float64 `(G, P)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedSequence:
    """All frames of a sequence in which there is anything to evaluate."""

    name: str
    num_frames: int
    frames: tuple[AlignedFrame, ...]
    truth_count: Array
    """int64 `(I,)`, number of evaluated boxes of each ground-truth id."""
    predicted_count: Array
    """int64 `(J,)`, number of boxes of each predicted id."""
    truth_kept: Array
    """bool, over the rows of the ground truth: evaluated."""
    predicted_kept: Array
    """bool, over the rows of the predictions: not absorbed by an ignored row."""


def _require_sound(name: str, what: str, rows: MotRows, num_frames: int) -> None:
    """Raise on a frame outside the sequence, a box that is not finite, or an id twice in a frame."""
    outside = np.flatnonzero((rows.frame_index < 0) | (rows.frame_index >= num_frames))
    if len(outside):
        frame = rows.frame_index[outside[0]] + 1
        raise ValueError(
            f"{name}: the {what} has frame {frame}, but the sequence has frames 1 to {num_frames}"
        )
    broken = np.flatnonzero(~np.isfinite(rows.xyxy).all(axis=1))
    if len(broken):
        frame = rows.frame_index[broken[0]] + 1
        raise ValueError(f"{name}: the {what} has a box that is not finite in frame {frame}")
    pairs, times = np.unique(np.stack([rows.frame_index, rows.track_id]), axis=1, return_counts=True)
    if (times > 1).any():
        frame, track_id = pairs[:, np.argmax(times > 1)]
        raise ValueError(f"{name}: the {what} has id {track_id} more than once in frame {frame + 1}")


def _rows_by_frame(frame_index: Array, num_frames: int) -> list[Array]:
    """Return for each frame the rows that are in it, in their order."""
    order = np.argsort(frame_index, kind="stable")
    return np.split(order, np.searchsorted(frame_index[order], np.arange(1, num_frames)))


def align_sequence(
    name: str,
    truth: MotRows,
    predicted: MotRows,
    *,
    num_frames: int,
    benchmark: Benchmark = "plain",
    min_visibility: float = 0.0,
) -> AlignedSequence:
    """Return the evaluated boxes of a sequence frame by frame, with their overlaps.

    Args:
        name: Name of the sequence, for messages.
        truth: Ground truth, ids unique in a frame, in any order.
        predicted: Tracks, ids unique in a frame, in any order.
        num_frames: Length of the sequence.
        benchmark: Which rows count, see `evaluated_and_absorbing_rows`.
        min_visibility: Rows less visible than this absorb predictions (`plain` only).

    Raises:
        ValueError: if the sequence has no frame, a frame lies outside it, an id repeats in a frame or a box
            is not finite.
    """
    if num_frames < 1:
        raise ValueError(f"{name}: a sequence needs at least one frame, but num_frames is {num_frames}")
    _require_sound(name, "ground truth", truth, num_frames)
    _require_sound(name, "prediction", predicted, num_frames)
    evaluated, absorbing = evaluated_and_absorbing_rows(truth, benchmark, min_visibility=min_visibility)
    kept = np.ones(len(predicted), bool)
    parts: list[tuple[int, Array, Array, Array]] = []
    by_frame = zip(
        _rows_by_frame(truth.frame_index, num_frames),
        _rows_by_frame(predicted.frame_index, num_frames),
        strict=True,
    )
    for frame_index, (truth_rows, predicted_rows) in enumerate(by_frame):
        iou = pairwise_iou(truth.xyxy[truth_rows], predicted.xyxy[predicted_rows])
        keep = ~absorbed_predictions(iou, absorbing[truth_rows])
        kept[predicted_rows] = keep
        counted = evaluated[truth_rows]
        if counted.any() or keep.any():
            parts.append((frame_index, truth_rows[counted], predicted_rows[keep], iou[np.ix_(counted, keep)]))
    truth_id, truth_count = _ids_from_zero(truth.track_id, evaluated)
    predicted_id, predicted_count = _ids_from_zero(predicted.track_id, kept)
    return AlignedSequence(
        name=name,
        num_frames=num_frames,
        frames=tuple(
            AlignedFrame(
                frame_index=frame_index,
                truth_id=truth_id[truth_rows],
                predicted_id=predicted_id[predicted_rows],
                truth_row=truth_rows,
                predicted_row=predicted_rows,
                iou=iou,
            )
            for frame_index, truth_rows, predicted_rows, iou in parts
        ),
        truth_count=truth_count,
        predicted_count=predicted_count,
        truth_kept=evaluated,
        predicted_kept=kept,
    )


def _ids_from_zero(track_id: Array, kept: Array) -> tuple[Array, Array]:
    """Return ids counted from 0 over the kept rows (-1 elsewhere), and the number of rows of each."""
    relabelled = np.full(len(track_id), -1, np.int64)
    _, relabelled[kept], counts = np.unique(track_id[kept], return_inverse=True, return_counts=True)
    return relabelled, counts
