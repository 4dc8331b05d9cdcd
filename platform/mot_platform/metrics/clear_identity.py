"""CLEAR and Identity scores by TrackEval's definitions, the headline figures of this project.

CLEAR matches frame by frame and prefers to keep the pairs of the frame before; Identity matches whole
trajectories once. Where the definitions of motmetrics differ, see `motmetrics_scores`.

TrackEval leaves a sequence without ground truth or without predictions early, with CLR_Frames 0 and, without
ground truth, MLR 1 and FP_per_frame 0. Here those three keep their plain meaning; all else is equal.

Source: Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics",
2008; Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", 2016.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.structures import Array
from mot_platform.metrics.mot_preprocessing import MATCH_IOU, ROUNDING
from mot_platform.metrics.sequence_data import AlignedSequence

_KEEP_PAIR = 1000.0  # above any sum of overlaps in a frame of fewer than a thousand boxes


@dataclass(frozen=True, kw_only=True, slots=True)
class ClearScores:
    """Counts of CLEAR at IoU 0.5; they add up over sequences."""

    num_frames: int
    true_positives: int
    false_negatives: int
    false_positives: int
    id_switches: int
    fragmentations: int
    mostly_tracked: int
    """Trajectories matched in more than 80 % of their frames."""
    partly_tracked: int
    mostly_lost: int
    """Trajectories matched in less than 20 % of their frames."""
    iou_sum: float
    """Sum of the overlaps of all true positives."""

    @property
    def num_truth(self) -> int:
        """Number of ground-truth boxes."""
        return self.true_positives + self.false_negatives

    @property
    def mota(self) -> float:
        """`(TP - FP - IDSW) / (TP + FN)`; 0 where there is no ground truth."""
        return self._per_truth(self.true_positives - self.false_positives - self.id_switches)

    @property
    def motp(self) -> float:
        """Mean overlap of the true positives."""
        return self.iou_sum / max(1, self.true_positives)

    @property
    def recall(self) -> float:
        """`TP / (TP + FN)`."""
        return self._per_truth(self.true_positives)

    @property
    def precision(self) -> float:
        """`TP / (TP + FP)`."""
        return self.true_positives / max(1, self.true_positives + self.false_positives)

    def _per_truth(self, value: float) -> float:
        return value / self.num_truth if self.num_truth else 0.0

    def to_dict(self) -> dict[str, float]:
        """Return the fields under TrackEval's names."""
        tracks = max(1, self.mostly_tracked + self.partly_tracked + self.mostly_lost)
        wrong = self.false_positives + self.false_negatives
        switches = np.log10(self.id_switches) if self.id_switches else 0.0
        return {
            "MOTA": self.mota,
            "MOTP": self.motp,
            "MODA": self._per_truth(self.true_positives - self.false_positives),
            "CLR_Re": self.recall,
            "CLR_Pr": self.precision,
            "MTR": self.mostly_tracked / tracks,
            "PTR": self.partly_tracked / tracks,
            "MLR": self.mostly_lost / tracks,
            "sMOTA": self._per_truth(self.iou_sum - self.false_positives - self.id_switches),
            "MOTAL": self._per_truth(self.true_positives - self.false_positives - float(switches)),
            "CLR_F1": self.true_positives / max(1, self.true_positives + 0.5 * wrong),
            "FP_per_frame": self.false_positives / max(1, self.num_frames),
            "CLR_TP": self.true_positives,
            "CLR_FN": self.false_negatives,
            "CLR_FP": self.false_positives,
            "IDSW": self.id_switches,
            "MT": self.mostly_tracked,
            "PT": self.partly_tracked,
            "ML": self.mostly_lost,
            "Frag": self.fragmentations,
            "CLR_Frames": self.num_frames,
            "MOTP_sum": self.iou_sum,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityScores:
    """Counts of the Identity metrics at IoU 0.5; they add up over sequences."""

    true_positives: int
    false_negatives: int
    false_positives: int

    @property
    def idf1(self) -> float:
        """`IDTP / (IDTP + IDFN / 2 + IDFP / 2)`."""
        wrong = self.false_negatives + self.false_positives
        return self.true_positives / max(1, self.true_positives + 0.5 * wrong)

    @property
    def recall(self) -> float:
        """IDR, `IDTP / (IDTP + IDFN)`."""
        return self.true_positives / max(1, self.true_positives + self.false_negatives)

    @property
    def precision(self) -> float:
        """IDP, `IDTP / (IDTP + IDFP)`."""
        return self.true_positives / max(1, self.true_positives + self.false_positives)

    def to_dict(self) -> dict[str, float]:
        """Return the fields under TrackEval's names."""
        return {
            "IDF1": self.idf1,
            "IDR": self.recall,
            "IDP": self.precision,
            "IDTP": self.true_positives,
            "IDFN": self.false_negatives,
            "IDFP": self.false_positives,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ClearMatches:
    """The true positives of CLEAR, M of them, in frame order."""

    truth_row: Array
    """int64 `(M,)`, rows in the ground truth."""
    predicted_row: Array
    """int64 `(M,)`, rows in the predictions."""
    truth_id: Array
    predicted_id: Array
    iou: Array
    """float64 `(M,)`, at least 0.5."""
    fragmentations: int


def clear_matches(sequence: AlignedSequence) -> ClearMatches:
    """Return the pairs of boxes that CLEAR counts as true positives, one to one in each frame.

    The assignment keeps the pairs of the frame before where their overlap is still at least 0.5, and
    maximises the sum of overlaps of the rest. As in TrackEval, the frame before is the last one with boxes on
    both sides: a frame without any prediction breaks no pair and starts no fragment.
    """
    last_id = np.full(len(sequence.truth_count), -1)  # of the frame before
    runs = np.zeros(len(sequence.truth_count), np.int64)
    parts: list[tuple[Array, Array, Array, Array, Array]] = []
    for frame in sequence.frames:
        if not frame.iou.size:
            continue
        score = frame.iou + _KEEP_PAIR * (frame.predicted_id[None, :] == last_id[frame.truth_id][:, None])
        score[frame.iou < MATCH_IOU - ROUNDING] = 0
        rows, columns = linear_sum_assignment(score, maximize=True)
        matched = score[rows, columns] > ROUNDING
        rows, columns = rows[matched], columns[matched]
        truth_id, predicted_id = frame.truth_id[rows], frame.predicted_id[columns]
        runs[truth_id[last_id[truth_id] < 0]] += 1
        last_id[:] = -1
        last_id[truth_id] = predicted_id
        where = frame.truth_row[rows], frame.predicted_row[columns]
        parts.append((*where, truth_id, predicted_id, frame.iou[rows, columns]))
    columns_of_all = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else None
    truth_row, predicted_row, truth_id, predicted_id, iou = columns_of_all or [np.zeros(0, np.int64)] * 5
    return ClearMatches(
        truth_row=truth_row,
        predicted_row=predicted_row,
        truth_id=truth_id,
        predicted_id=predicted_id,
        iou=iou,
        fragmentations=int(np.maximum(runs - 1, 0).sum()),
    )


def _num_id_switches(matches: ClearMatches) -> int:
    """Return how often a ground-truth track is matched to another id than the last time it was matched."""
    order = np.argsort(matches.truth_id, kind="stable")
    same_track = np.diff(matches.truth_id[order]) == 0
    return int((same_track & (np.diff(matches.predicted_id[order]) != 0)).sum())


def clear(sequence: AlignedSequence, matches: ClearMatches) -> ClearScores:
    """Return the CLEAR counts of one sequence, given its matches."""
    true_positives = len(matches.iou)
    num_tracks = len(sequence.truth_count)
    tracked = np.bincount(matches.truth_id, minlength=num_tracks) / np.maximum(1, sequence.truth_count)
    mostly_tracked, mostly_lost = int((tracked > 0.8).sum()), int((tracked < 0.2).sum())
    return ClearScores(
        num_frames=sequence.num_frames,
        true_positives=true_positives,
        false_negatives=int(sequence.truth_count.sum()) - true_positives,
        false_positives=int(sequence.predicted_count.sum()) - true_positives,
        id_switches=_num_id_switches(matches),
        fragmentations=matches.fragmentations,
        mostly_tracked=mostly_tracked,
        partly_tracked=num_tracks - mostly_tracked - mostly_lost,
        mostly_lost=mostly_lost,
        iou_sum=float(matches.iou.sum()),
    )


def identity(sequence: AlignedSequence) -> IdentityScores:
    """Return the Identity counts of one sequence.

    IDTP is the largest number of boxes that a one-to-one assignment of whole trajectories can explain; the
    minimum of IDFN + IDFP in the paper is the same optimum.
    """
    together = np.zeros((len(sequence.truth_count), len(sequence.predicted_count)), np.int64)
    for frame in sequence.frames:
        rows, columns = np.nonzero(frame.iou >= MATCH_IOU)
        together[frame.truth_id[rows], frame.predicted_id[columns]] += 1
    true_positives = int(together[linear_sum_assignment(together, maximize=True)].sum())
    return IdentityScores(
        true_positives=true_positives,
        false_negatives=int(sequence.truth_count.sum()) - true_positives,
        false_positives=int(sequence.predicted_count.sum()) - true_positives,
    )


def combine_clear(parts: Sequence[ClearScores]) -> ClearScores:
    """Return the counts over several sequences."""
    return ClearScores(
        **{field.name: sum(getattr(part, field.name) for part in parts) for field in fields(ClearScores)}
    )


def combine_identity(parts: Sequence[IdentityScores]) -> IdentityScores:
    """Return the counts over several sequences."""
    return IdentityScores(
        **{field.name: sum(getattr(part, field.name) for part in parts) for field in fields(IdentityScores)}
    )
