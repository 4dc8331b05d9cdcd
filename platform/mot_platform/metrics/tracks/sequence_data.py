"""Ground truth and predictions of one sequence side by side, with their overlaps.

The overlaps are computed once here, after which CLEAR, Identity, HOTA and the action accuracy share them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.tracks.box_pairs import BoxPairs, overlapping_pairs
from mot_platform.metrics.tracks.mot_preprocessing import (
    Benchmark,
    absorbed_predictions,
    evaluated_and_absorbing_rows,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluatedBoxes:
    """The boxes of one side that count, N of J tracks, frame after frame."""

    row: Array
    """int64 `(N,)`, where each is in the ground truth or in the predictions."""
    track: Array
    """int64 `(N,)`, the track of each, counted from 0."""
    track_id: Array
    """int64 `(J,)`, the id that each track has in its file."""
    count: Array
    """int64 `(J,)`, number of boxes of each track."""

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedSequence:
    """Both sides of a sequence and the pairs of boxes that overlap."""

    name: str
    num_frames: int
    truth: EvaluatedBoxes
    predicted: EvaluatedBoxes
    pairs: BoxPairs
    truth_kept: Array
    """bool, over the rows of the ground truth: evaluated."""
    predicted_kept: Array
    """bool, over the rows of the predictions: not absorbed by an ignored row."""

    def tracks_of(self, pair: Array) -> tuple[Array, Array]:
        """Return the ground-truth and the predicted track, counted from 0, of some of the pairs."""
        truth, predicted = self._boxes_of(pair)
        return self.truth.track[truth], self.predicted.track[predicted]

    def rows_of(self, pair: Array) -> tuple[Array, Array]:
        """Return the rows of the ground truth and of the predictions of some of the pairs."""
        truth, predicted = self._boxes_of(pair)
        return self.truth.row[truth], self.predicted.row[predicted]

    def frames_of(self, pair: Array) -> Array:
        """Return the frame, from 0, of some of the pairs."""
        frame: Array = np.searchsorted(self.pairs.truth_start, self.pairs.truth[pair], side="right") - 1
        return frame

    def _boxes_of(self, pair: Array) -> tuple[Array, Array]:
        return self.pairs.truth[pair], self.pairs.predicted[pair]


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
    order = np.lexsort((rows.track_id, rows.frame_index))
    frame_index, track_id = rows.frame_index[order], rows.track_id[order]
    again = np.flatnonzero((np.diff(frame_index) == 0) & (np.diff(track_id) == 0))
    if len(again):
        frame, repeated = frame_index[again[0]] + 1, track_id[again[0]]
        raise ValueError(f"{name}: the {what} has id {repeated} more than once in frame {frame}")


def _by_frame(frame_index: Array, num_frames: int) -> tuple[Array, Array]:
    """Return the rows ordered by frame, and the place `(num_frames + 1,)` where each frame begins in that."""
    order = np.argsort(frame_index, kind="stable")
    start = np.searchsorted(frame_index[order], np.arange(num_frames + 1))
    return order, start


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
        ValueError: if the sequence has no frame, a frame lies outside it, an id repeats in a frame, a box is
            not finite, or the benchmark does not know a class.
    """
    if num_frames < 1:
        raise ValueError(f"{name}: a sequence needs at least one frame, but num_frames is {num_frames}")
    _require_sound(name, "ground truth", truth, num_frames)
    _require_sound(name, "prediction", predicted, num_frames)
    try:
        evaluated, absorbing = evaluated_and_absorbing_rows(truth, benchmark, min_visibility=min_visibility)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    truth_row, truth_start = _by_frame(truth.frame_index, num_frames)
    predicted_row, predicted_start = _by_frame(predicted.frame_index, num_frames)
    pairs = overlapping_pairs(
        truth.xyxy[truth_row],
        predicted.xyxy[predicted_row],
        truth_start=truth_start,
        predicted_start=predicted_start,
    )
    absorbed = absorbed_predictions(pairs, absorbing[truth_row])
    predicted_kept = np.ones(len(predicted), bool)
    predicted_kept[predicted_row[absorbed]] = False
    counted = evaluated[truth_row]
    return AlignedSequence(
        name=name,
        num_frames=num_frames,
        truth=_evaluated_boxes(truth.track_id, truth_row[counted]),
        predicted=_evaluated_boxes(predicted.track_id, predicted_row[~absorbed]),
        pairs=pairs.among(counted, ~absorbed),
        truth_kept=evaluated,
        predicted_kept=predicted_kept,
    )


def _evaluated_boxes(track_id: Array, row: Array) -> EvaluatedBoxes:
    """Return the boxes in the given rows, their tracks counted from 0."""
    ids, track, count = np.unique(track_id[row], return_inverse=True, return_counts=True)
    return EvaluatedBoxes(row=row, track=track, track_id=ids, count=count)
