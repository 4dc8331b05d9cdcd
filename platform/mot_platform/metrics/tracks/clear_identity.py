"""CLEAR and Identity scores by TrackEval's definitions, the headline figures of this project.

CLEAR matches frame by frame and prefers to keep the pairs of the frame before; Identity matches whole
trajectories once. Where the definitions of motmetrics differ, see `motmetrics_scores`.

All fields are equal to TrackEval's, which counts no frames of a sequence that is empty on one side. Only
where no sequence at all has ground truth does its combination differ: MLR 0, and a MOTA of -FP, not 0.

Source: Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics",
2008; Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", 2016.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.structures import Array
from mot_platform.metrics.tracks.box_pairs import assign_frame, contested_frames
from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU, ROUNDING
from mot_platform.metrics.tracks.sequence_data import AlignedSequence

_KEEP_PAIR = 1000.0  # above any sum of overlaps in a frame of fewer than a thousand boxes


@dataclass(frozen=True, kw_only=True, slots=True)
class ClearScores:
    """Counts of CLEAR at IoU 0.5; they add up over sequences."""

    num_frames: int
    """0 for a sequence without ground truth or without predictions."""
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
        num_tracks = self.mostly_tracked + self.partly_tracked + self.mostly_lost
        wrong = self.false_positives + self.false_negatives
        switches = np.log10(self.id_switches) if self.id_switches else 0.0
        return {
            "MOTA": self.mota,
            "MOTP": self.motp,
            "MODA": self._per_truth(self.true_positives - self.false_positives),
            "CLR_Re": self.recall,
            "CLR_Pr": self.precision,
            "MTR": self.mostly_tracked / max(1, num_tracks),
            "PTR": self.partly_tracked / max(1, num_tracks),
            "MLR": self.mostly_lost / num_tracks if num_tracks else 1.0,
            "sMOTA": self._per_truth(self.iou_sum - self.false_positives - self.id_switches),
            "MOTAL": self._per_truth(self.true_positives - self.false_positives - float(switches)),
            "CLR_F1": self.true_positives / max(1, self.true_positives + 0.5 * wrong),
            "FP_per_frame": self.false_positives / self.num_frames if self.num_frames else 0.0,
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
    """The true positives of CLEAR."""

    pair: Array
    """int64 `(M,)`, among the pairs of the sequence, in frame order; one to one in each frame."""


def clear_matches(sequence: AlignedSequence) -> ClearMatches:
    """Return the pairs of boxes that CLEAR counts as true positives.

    The assignment keeps the pairs of the frame before where their overlap is still at least 0.5, and
    maximises the sum of overlaps of the rest. As in TrackEval, the frame before is the last one with boxes on
    both sides: a frame without any prediction breaks no pair and starts no fragment.
    """
    pairs = sequence.pairs
    truth_track, predicted_track = sequence.tracks_of(np.arange(len(pairs.iou)))
    chosen = pairs.iou >= MATCH_IOU - ROUNDING
    frames = _frames_with_both(sequence)
    last_track = np.full(len(sequence.truth.count), -1)
    for number in np.flatnonzero(contested_frames(pairs, chosen)[frames]).tolist():
        before, here = (pairs.frame(frames[max(0, at)]) for at in (number - 1, number))
        kept_T, kept_P = (track[before][chosen[before]] for track in (truth_track, predicted_track))
        last_track[:] = -1
        if number:
            last_track[kept_T] = kept_P
        stays = predicted_track[here] == last_track[truth_track[here]]
        score = np.where(chosen[here], pairs.iou[here] + _KEEP_PAIR * stays, 0)
        chosen[here] &= assign_frame(pairs, frames[number], score)
    return ClearMatches(pair=np.flatnonzero(chosen))


def _frames_with_both(sequence: AlignedSequence) -> Array:
    """Return the frames that have boxes on both sides."""
    pairs = sequence.pairs
    return np.flatnonzero(np.diff(pairs.truth_start) * np.diff(pairs.predicted_start))


def clear(sequence: AlignedSequence, matches: ClearMatches) -> ClearScores:
    """Return the CLEAR counts of one sequence, given its matches."""
    true_positives = len(matches.pair)
    truth_track, predicted_track = sequence.tracks_of(matches.pair)
    count = sequence.truth.count
    tracked = np.bincount(truth_track, minlength=len(count)) / np.maximum(1, count)
    mostly_tracked, mostly_lost = int((tracked > 0.8).sum()), int((tracked < 0.2).sum())
    return ClearScores(
        num_frames=sequence.num_frames if len(sequence.truth) and len(sequence.predicted) else 0,
        true_positives=true_positives,
        false_negatives=len(sequence.truth) - true_positives,
        false_positives=len(sequence.predicted) - true_positives,
        id_switches=_num_id_switches(truth_track, predicted_track),
        fragmentations=_num_fragmentations(
            truth_track, np.searchsorted(_frames_with_both(sequence), sequence.frames_of(matches.pair))
        ),
        mostly_tracked=mostly_tracked,
        partly_tracked=len(count) - mostly_tracked - mostly_lost,
        mostly_lost=mostly_lost,
        iou_sum=float(sequence.pairs.iou[matches.pair].sum()),
    )


def _num_id_switches(truth_track: Array, predicted_track: Array) -> int:
    """Return how often a ground-truth track is matched to another track than the last time it was matched."""
    order = np.argsort(truth_track, kind="stable")
    same_track = np.diff(truth_track[order]) == 0
    return int((same_track & (np.diff(predicted_track[order]) != 0)).sum())


def _num_fragmentations(truth_track: Array, frame_number: Array) -> int:
    """Return how often a ground-truth track is matched again after frames in which it was not."""
    order = np.argsort(truth_track, kind="stable")
    same_track = np.diff(truth_track[order]) == 0
    return int((same_track & (np.diff(frame_number[order]) > 1)).sum())


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityMatches:
    """The true positives of Identity: the boxes of each person that the person's own track has found."""

    own_track: Array
    """int64 `(I,)`, the predicted track that each ground-truth track is given, -1 for none."""
    pair: Array
    """int64 `(M,)`, among the pairs of the sequence, in frame order."""


def identity_matches(sequence: AlignedSequence) -> IdentityMatches:
    """Return the one-to-one assignment of whole tracks that explains the most boxes.

    The minimum of IDFN + IDFP in the paper is the same optimum.
    """
    possible = np.flatnonzero(sequence.pairs.iou >= MATCH_IOU)
    truth_track, predicted_track = sequence.tracks_of(possible)
    together = np.zeros((len(sequence.truth.count), len(sequence.predicted.count)), np.int64)
    np.add.at(together, (truth_track, predicted_track), 1)
    row, column = linear_sum_assignment(together, maximize=True)
    own_track = np.full(len(together), -1)
    own_track[row] = np.where(together[row, column] > 0, column, -1)
    return IdentityMatches(own_track=own_track, pair=possible[own_track[truth_track] == predicted_track])


def identity(sequence: AlignedSequence, matches: IdentityMatches) -> IdentityScores:
    """Return the Identity counts of one sequence, given its matches."""
    true_positives = len(matches.pair)
    return IdentityScores(
        true_positives=true_positives,
        false_negatives=len(sequence.truth) - true_positives,
        false_positives=len(sequence.predicted) - true_positives,
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
