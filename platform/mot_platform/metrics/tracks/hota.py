"""HOTA: one score for detecting, localising and associating, over 19 overlap thresholds.

Equal to TrackEval to rounding. Matches are found once per frame; the thresholds are then counted together
over all matched pairs, which is where the speed comes from.

Source: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021.
"""

# A thresholds, E pairs of boxes, K pairs of tracks, M matches

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.tracks.box_pairs import BoxPairs, assign_by_frame
from mot_platform.metrics.tracks.mot_preprocessing import ROUNDING
from mot_platform.metrics.tracks.sequence_data import AlignedSequence

ALPHAS: Array = np.arange(0.05, 0.99, 0.05)
"""float64 `(19,)`, the overlap thresholds."""


def _share(part: Array, whole: Array) -> Array:
    """Return `part / whole`, 0 where both are."""
    quotient: Array = part / np.maximum(1, whole)
    return quotient


def _geometric_mean(first: Array, second: Array) -> Array:
    """Return the square root of the product."""
    mean: Array = np.sqrt(first * second)
    return mean


@dataclass(frozen=True, kw_only=True, slots=True)
class HotaScores:
    """Counts and association scores at each threshold; every array is float64 `(19,)`."""

    true_positives: Array
    false_negatives: Array
    false_positives: Array
    ass_re: Array
    ass_pr: Array
    ass_a: Array
    loc_a: Array

    @property
    def det_re(self) -> Array:
        """Detection recall, `TP / (TP + FN)`."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def det_pr(self) -> Array:
        """Detection precision, `TP / (TP + FP)`."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def det_a(self) -> Array:
        """Detection accuracy, `TP / (TP + FN + FP)`."""
        everything = self.true_positives + self.false_negatives + self.false_positives
        return _share(self.true_positives, everything)

    @property
    def hota(self) -> Array:
        """Geometric mean of detection and association accuracy."""
        return _geometric_mean(self.det_a, self.ass_a)

    @property
    def owta(self) -> Array:
        """Open-world variant: geometric mean of detection recall and association accuracy."""
        return _geometric_mean(self.det_re, self.ass_a)

    def to_dict(self) -> dict[str, list[float] | float]:
        """Return the fields under TrackEval's names: curves as lists, and the three figures at alpha 0.05."""
        curves = {
            "HOTA": self.hota,
            "DetA": self.det_a,
            "AssA": self.ass_a,
            "DetRe": self.det_re,
            "DetPr": self.det_pr,
            "AssRe": self.ass_re,
            "AssPr": self.ass_pr,
            "LocA": self.loc_a,
            "OWTA": self.owta,
            "HOTA_TP": self.true_positives,
            "HOTA_FN": self.false_negatives,
            "HOTA_FP": self.false_positives,
        }
        at_lowest = {"HOTA(0)": float(self.hota[0]), "LocA(0)": float(self.loc_a[0])}
        product = {"HOTALocA(0)": float(self.hota[0] * self.loc_a[0])}
        return {name: curve.tolist() for name, curve in curves.items()} | at_lowest | product


@dataclass(frozen=True, kw_only=True, slots=True)
class _TrackPairs:
    """The distinct pairs of tracks whose boxes overlap somewhere."""

    of_pair: Array
    """int64 `(E,)`, the pair of tracks behind each pair of boxes."""
    truth_count: Array
    """int64 `(K,)`, boxes of the ground-truth track."""
    predicted_count: Array
    """int64 `(K,)`, boxes of the predicted track."""


def _track_pairs(sequence: AlignedSequence) -> _TrackPairs:
    """Return the pairs of tracks behind the pairs of boxes."""
    truth, predicted = sequence.tracks_of(np.arange(len(sequence.pairs.iou)))
    num_tracks = max(1, len(sequence.predicted.count))
    distinct, of_pair = np.unique(truth * num_tracks + predicted, return_inverse=True)
    return _TrackPairs(
        of_pair=of_pair,
        truth_count=sequence.truth.count[distinct // num_tracks],
        predicted_count=sequence.predicted.count[distinct % num_tracks],
    )


def _matched_pairs(pairs: BoxPairs, tracks: _TrackPairs) -> Array:
    """Return the pairs of boxes that the frame-wise assignment selects, `(M,)`.

    The assignment prefers pairs of tracks that overlap over the whole sequence (global alignment).
    """
    of_truth = np.bincount(pairs.truth, pairs.iou, minlength=pairs.truth_start[-1])
    of_predicted = np.bincount(pairs.predicted, pairs.iou, minlength=pairs.predicted_start[-1])
    total = of_predicted[pairs.predicted] + of_truth[pairs.truth] - pairs.iou
    share = np.divide(pairs.iou, total, out=np.zeros_like(total), where=total > ROUNDING)
    counts = tracks.truth_count + tracks.predicted_count
    together = np.bincount(tracks.of_pair, share, minlength=len(counts))  # (K,)
    return assign_by_frame(pairs, (together / (counts - together))[tracks.of_pair] * pairs.iou)


def hota(sequence: AlignedSequence) -> HotaScores:
    """Return the HOTA scores of one sequence."""
    num_truth, num_predicted = len(sequence.truth), len(sequence.predicted)
    if not num_truth or not num_predicted:
        zeros = np.zeros(len(ALPHAS))
        return HotaScores(
            true_positives=zeros,
            false_negatives=zeros + num_truth,
            false_positives=zeros + num_predicted,
            ass_re=zeros,
            ass_pr=zeros,
            ass_a=zeros,
            loc_a=np.ones(len(ALPHAS)),
        )
    tracks = _track_pairs(sequence)
    matched = _matched_pairs(sequence.pairs, tracks)
    iou_M, pair_M = sequence.pairs.iou[matched], tracks.of_pair[matched]
    passed_AM = iou_M[None, :] >= ALPHAS[:, None] - ROUNDING
    true_positives = passed_AM.sum(axis=1).astype(np.float64)
    num_pairs = len(tracks.truth_count)
    matches_AK = np.stack([np.bincount(pair_M[passed], minlength=num_pairs) for passed in passed_AM])

    def per_match(denominator: Array) -> Array:
        shares = (matches_AK * matches_AK / np.maximum(1, denominator)).sum(axis=1)
        return _share(shares, true_positives)

    return HotaScores(
        true_positives=true_positives,
        false_negatives=num_truth - true_positives,
        false_positives=num_predicted - true_positives,
        ass_re=per_match(tracks.truth_count),
        ass_pr=per_match(tracks.predicted_count),
        ass_a=per_match(tracks.truth_count + tracks.predicted_count - matches_AK),
        loc_a=np.maximum(1e-10, (iou_M * passed_AM).sum(axis=1)) / np.maximum(1e-10, true_positives),
    )


def combine_hota(parts: Sequence[HotaScores]) -> HotaScores:
    """Return the scores over several sequences: counts add up, association is weighted by true positives."""
    weight = np.stack([part.true_positives for part in parts])  # (sequences, A)
    total = weight.sum(axis=0)

    def weighted(name: str) -> Array:
        summed: Array = (weight * np.stack([getattr(part, name) for part in parts])).sum(axis=0)
        return summed

    return HotaScores(
        true_positives=total,
        false_negatives=np.sum([part.false_negatives for part in parts], axis=0),
        false_positives=np.sum([part.false_positives for part in parts], axis=0),
        ass_re=weighted("ass_re") / np.maximum(1, total),
        ass_pr=weighted("ass_pr") / np.maximum(1, total),
        ass_a=weighted("ass_a") / np.maximum(1, total),
        loc_a=np.maximum(1e-10, weighted("loc_a")) / np.maximum(1e-10, total),
    )
