"""The overlapping pairs of boxes of a sequence as columns, and one-to-one assignments among them.

Only pairs that share some area are kept: no score asks for others, and a crowd has few neighbours each.
"""

# T frames, G ground-truth boxes, P predicted boxes, E pairs

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import rowwise_iou
from mot_model.structures import Array

_MAX_PAIRS_AT_ONCE = 1 << 16
"""Candidates looked at together: few enough to stay in the processor's cache."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxPairs:
    """Pairs of a ground-truth and a predicted box of one frame, frame after frame.

    Boxes are numbered over the sequence in the order of their frames, those of the ground truth and those of
    the predictions apart.
    """

    truth: Array
    """int64 `(E,)`, the ground-truth box of each pair; sorted."""
    predicted: Array
    """int64 `(E,)`; sorted for each ground-truth box."""
    iou: Array
    """float64 `(E,)`, above 0."""
    truth_start: Array
    """int64 `(T + 1,)`, the first ground-truth box of each frame, and how many there are."""
    predicted_start: Array
    """int64 `(T + 1,)`."""
    start: Array = field(init=False)
    """int64 `(T + 1,)`, the first pair of each frame, and how many there are."""
    place: Array = field(init=False)
    """int64 `(E,)`, where each pair is in the flattened matrix of the boxes of its frame."""

    def __post_init__(self) -> None:
        start = np.searchsorted(self.truth, self.truth_start)
        number = np.diff(start)
        row = self.truth - np.repeat(self.truth_start[:-1], number)
        column = self.predicted - np.repeat(self.predicted_start[:-1], number)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "place", row * np.repeat(np.diff(self.predicted_start), number) + column)

    def frame(self, frame_index: int) -> slice:
        """Return where the pairs of a frame are."""
        return slice(self.start[frame_index], self.start[frame_index + 1])

    def shape(self, frame_index: int) -> tuple[int, int]:
        """Return how many boxes of the ground truth and of the predictions a frame has."""
        truth, predicted = (
            start[frame_index + 1] - start[frame_index] for start in (self.truth_start, self.predicted_start)
        )
        return int(truth), int(predicted)

    def matrix(self, frame_index: int, values: Array) -> Array:
        """Return values of the pairs of a frame as a matrix of all its boxes, 0 where there is no pair."""
        matrix = np.zeros(self.shape(frame_index))
        matrix.ravel()[self.place[self.frame(frame_index)]] = values
        return matrix

    def among(self, truth_kept: Array, predicted_kept: Array) -> BoxPairs:
        """Return the pairs of the boxes that two masks `(G,)` and `(P,)` keep, numbered among those."""
        keep = truth_kept[self.truth] & predicted_kept[self.predicted]
        truth_number, predicted_number = (_numbers(kept) for kept in (truth_kept, predicted_kept))
        return BoxPairs(
            truth=truth_number[self.truth[keep]],
            predicted=predicted_number[self.predicted[keep]],
            iou=self.iou[keep],
            truth_start=truth_number[self.truth_start],
            predicted_start=predicted_number[self.predicted_start],
        )


def _numbers(kept: Array) -> Array:
    """Return how many before each are kept, `(N + 1,)`: the number of a kept one among those kept."""
    return np.concatenate([[0], np.cumsum(kept)])


def overlapping_pairs(
    truth_xyxy: Array, predicted_xyxy: Array, *, truth_start: Array, predicted_start: Array
) -> BoxPairs:
    """Return all pairs of boxes of one frame that share area.

    Args:
        truth_xyxy: float `(G, 4)`, frame after frame.
        predicted_xyxy: float `(P, 4)`, frame after frame.
        truth_start: int64 `(T + 1,)`, the first ground-truth box of each frame, and how many there are.
        predicted_start: int64 `(T + 1,)`, of the predictions.
    """
    rivals = np.repeat(np.diff(predicted_start), np.diff(truth_start))  # (G,) boxes to compare each with
    first_rival = np.repeat(predicted_start[:-1], np.diff(truth_start))
    stop = np.cumsum(rivals)
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    begin = 0
    while begin < len(rivals):
        done = stop[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(stop, done + _MAX_PAIRS_AT_ONCE, side="right")))
        number = np.arange(begin, end)
        truth = np.repeat(number, rivals[begin:end])
        before = stop[begin:end] - rivals[begin:end] - done
        predicted = np.arange(len(truth)) - np.repeat(before - first_rival[begin:end], rivals[begin:end])
        parts.append(_overlapping(truth_xyxy, predicted_xyxy, truth, predicted))
        begin = end
    truth, predicted, iou = (np.concatenate(column) for column in zip(*parts, strict=True))
    return BoxPairs(
        truth=truth, predicted=predicted, iou=iou, truth_start=truth_start, predicted_start=predicted_start
    )


def _overlapping(boxes: Array, others: Array, i: Array, j: Array) -> tuple[Array, Array, Array]:
    """Return those of the pairs `(i, j)` that share area, and their intersection over union."""
    for low, high in ((0, 2), (1, 3)):
        side = np.minimum(boxes[i, high], others[j, high]) - np.maximum(boxes[i, low], others[j, low])
        i, j = i[side > 0], j[side > 0]
    iou = rowwise_iou(boxes[i], others[j])
    shares = iou > 0  # not the inverted boxes
    return i[shares], j[shares], iou[shares]


def assign_by_frame(pairs: BoxPairs, score: Array) -> Array:
    """Return the pairs of a one-to-one assignment in each frame with the largest sum of scores, `(M,)`.

    Frames in which no box has two candidates need no solver. The others go to it as the full matrix of their
    boxes, so that equal sums are resolved as in other evaluators that use the same solver.

    Args:
        pairs: The candidates.
        score: float `(E,)`, at least 0; pairs with 0 are never assigned.
    """
    chosen = score > 0
    for frame_index in np.flatnonzero(contested_frames(pairs, chosen)).tolist():
        here = pairs.frame(frame_index)
        chosen[here] &= assign_frame(pairs, frame_index, score[here])
    return np.flatnonzero(chosen)


def contested_frames(pairs: BoxPairs, possible: Array) -> Array:
    """Return the mask `(T,)` of the frames in which a box is in more than one of the `possible` pairs."""
    rivals = np.bincount(pairs.truth[possible], minlength=pairs.truth_start[-1])
    suitors = np.bincount(pairs.predicted[possible], minlength=pairs.predicted_start[-1])
    contested = possible & ((rivals[pairs.truth] > 1) | (suitors[pairs.predicted] > 1))
    number: Array = np.diff(_numbers(contested)[pairs.start])
    return number > 0


def assign_frame(pairs: BoxPairs, frame_index: int, score: Array) -> Array:
    """Return the mask of the pairs of one frame that an assignment with the largest sum of scores selects."""
    matrix = pairs.matrix(frame_index, score)
    selected = np.zeros(matrix.shape, bool)
    selected[linear_sum_assignment(matrix, maximize=True)] = True
    of_pair: Array = selected.ravel()[pairs.place[pairs.frame(frame_index)]]
    return of_pair
