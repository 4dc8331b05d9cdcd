"""HOTA: one score for detecting, localising and associating, over 19 overlap thresholds.

Equal to TrackEval to rounding. Matches are found once per frame; the thresholds are then counted together
over all matched pairs, which is where the speed comes from.

Source: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021.
"""

# A thresholds, F frames, I ground-truth ids, J predicted ids, K distinct (I, J) pairs, M matches

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.structures import Array
from mot_platform.metrics.mot_preprocessing import ROUNDING
from mot_platform.metrics.sequence_data import AlignedFrame, AlignedSequence

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
class _Overlaps:
    """Every overlapping pair of boxes of a sequence, as columns, frame after frame."""

    iou: Array
    row: Array
    column: Array
    pair: Array
    """Index of the row's (ground-truth id, predicted id) among the distinct pairs."""
    stop: list[int]
    """One past the last entry of each frame."""
    truth_of_pair: Array
    predicted_of_pair: Array
    soft_iou: Array
    """Overlap over all overlap of its row and column, `(F entries,)`."""


def _soft_iou(iou: Array) -> Array:
    """Return the overlaps `(G, P)` divided by the sum of all overlaps of their row and column."""
    total = iou.sum(0)[None, :] + iou.sum(1)[:, None] - iou
    share: Array = np.divide(iou, total, out=np.zeros_like(iou), where=total > ROUNDING)
    return share


def _overlaps(frames: Sequence[AlignedFrame], num_predicted: int) -> _Overlaps:
    """Return the overlapping pairs of all frames; those without overlap can neither match nor align."""
    where = [np.nonzero(frame.iou) for frame in frames]
    key = [
        frame.truth_id[row] * num_predicted + frame.predicted_id[column]
        for frame, (row, column) in zip(frames, where, strict=True)
    ]
    distinct, pair = np.unique(np.concatenate(key), return_inverse=True)
    return _Overlaps(
        iou=np.concatenate([frame.iou[at] for frame, at in zip(frames, where, strict=True)]),
        soft_iou=np.concatenate([_soft_iou(frame.iou)[at] for frame, at in zip(frames, where, strict=True)]),
        row=np.concatenate([row for row, _ in where]),
        column=np.concatenate([column for _, column in where]),
        pair=pair,
        stop=np.cumsum([len(row) for row, _ in where]).tolist(),
        truth_of_pair=distinct // max(1, num_predicted),
        predicted_of_pair=distinct % max(1, num_predicted),
    )


def _matched_entries(sequence: AlignedSequence, overlaps: _Overlaps) -> Array:
    """Return the entries of `overlaps` that the frame-wise assignment selects, `(M,)`.

    The assignment prefers pairs of ids that overlap over the whole sequence (global alignment).
    """
    counts = (
        sequence.truth_count[overlaps.truth_of_pair] + sequence.predicted_count[overlaps.predicted_of_pair]
    )
    together = np.bincount(overlaps.pair, overlaps.soft_iou, minlength=len(counts))  # (K,)
    score = (together / (counts - together))[overlaps.pair] * overlaps.iou
    matched = []
    start = 0
    for frame, stop in zip(sequence.frames, overlaps.stop, strict=True):
        if stop > start:
            entry = np.full(frame.iou.shape, -1)
            entry[overlaps.row[start:stop], overlaps.column[start:stop]] = np.arange(start, stop)
            chosen = entry[linear_sum_assignment(np.where(entry < 0, 0, score[entry]), maximize=True)]
            matched.append(chosen[chosen >= 0])
        start = stop
    return np.concatenate(matched) if matched else np.zeros(0, np.int64)


def hota(sequence: AlignedSequence) -> HotaScores:
    """Return the HOTA scores of one sequence."""
    num_truth, num_predicted = sequence.truth_count.sum(), sequence.predicted_count.sum()
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
    overlaps = _overlaps(sequence.frames, len(sequence.predicted_count))
    entries = _matched_entries(sequence, overlaps)
    passed_AM = overlaps.iou[entries][None, :] >= ALPHAS[:, None] - ROUNDING
    true_positives = passed_AM.sum(axis=1).astype(np.float64)
    num_pairs = len(overlaps.truth_of_pair)
    matches_AK = np.stack([np.bincount(overlaps.pair[entries[ok]], minlength=num_pairs) for ok in passed_AM])
    truth_K = sequence.truth_count[overlaps.truth_of_pair]
    predicted_K = sequence.predicted_count[overlaps.predicted_of_pair]

    def per_match(denominator: Array) -> Array:
        shares = (matches_AK * matches_AK / np.maximum(1, denominator)).sum(axis=1)
        return _share(shares, true_positives)

    overlap_sum = (overlaps.iou[entries] * passed_AM).sum(axis=1)
    return HotaScores(
        true_positives=true_positives,
        false_negatives=num_truth - true_positives,
        false_positives=num_predicted - true_positives,
        ass_re=per_match(truth_K),
        ass_pr=per_match(predicted_K),
        ass_a=per_match(truth_K + predicted_K - matches_AK),
        loc_a=np.maximum(1e-10, overlap_sum) / np.maximum(1e-10, true_positives),
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
