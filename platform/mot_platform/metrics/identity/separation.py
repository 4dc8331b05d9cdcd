"""How well embeddings tell people apart, from pairs of detections some frames apart.

Looked at within a video only: the same person after a gap against other people after the same gap. This is
asked of the network alone; what the tracker makes of it shows in IDF1.
"""

# S steps of similarity

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.similarity_counts import STEPS, SimilarityCounts, add_counts, count_pairs

GAPS_FRAMES = (1, 16, 64)
FALSE_SHARE = 0.01
"""Of the pairs of two people, how many may pass for one when true positives are counted."""
SIMILARITIES = np.arange(101) / 100
"""Where the curves are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeparationAtGap:
    """How well people are told apart after some frames. Figures are NaN where there is no pair for them."""

    gap_frames: int
    num_same: int
    """Pairs of one person."""
    num_different: int
    """Pairs of two people."""
    auc: float
    """Probability that a pair of one person is more similar than one of two; 0.5 is chance."""
    true_positive_rate: float
    """Share of the pairs of one person above the similarity that 1 % of the pairs of two people reach."""
    same_similarity: float
    """Mean cosine similarity of one person."""
    different_similarity: float
    """Mean cosine similarity of two people."""
    same_accepted: float
    """Share of the pairs of one person that speak for a match in the tracker."""
    different_accepted: float
    """Share of the pairs of two people that do."""
    rank_1: float
    """Share of people who are nearest to themselves among all who are there later, where others are."""
    rank_1_by_chance: float
    same_above: Array = field(compare=False, repr=False)
    """float64 `(101,)`, share of the pairs of one person at least as similar as `SIMILARITIES`."""
    different_above: Array = field(compare=False, repr=False)
    """float64 `(101,)`, of two people."""

    def to_dict(self) -> dict[str, float | None]:
        """Return the figures but for the curves, None where undefined."""
        return {name: value if math.isfinite(value) else None for name, value in self._figures().items()}

    def scalars(self) -> dict[str, float]:
        """Return the figures by name and gap, such as `auc_gap_16`, undefined ones left out."""
        return {
            f"{name}_gap_{self.gap_frames}": value
            for name, value in self._figures().items()
            if name != "gap_frames" and math.isfinite(value)
        }

    def _figures(self) -> dict[str, float]:
        curves = ("same_above", "different_above")
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in curves}


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentitySeparation:
    """How well people are told apart after each gap."""

    min_similarity: float
    """Cosine similarity from which on the tracker takes two looks for signs of one person."""
    gaps: tuple[SeparationAtGap, ...]

    def to_dict(self) -> dict[str, object]:
        """Return all figures for JSON."""
        return {"min_similarity": self.min_similarity, "gaps": [gap.to_dict() for gap in self.gaps]}

    def scalars(self) -> dict[str, float]:
        """Return all figures flat, by name and gap."""
        return {name: value for gap in self.gaps for name, value in gap.scalars().items()}


def identity_separation(
    videos: Sequence[EmbeddedPeople],
    *,
    min_similarity: float,
    gaps_frames: Sequence[int] = GAPS_FRAMES,
) -> IdentitySeparation:
    """Return how well the people of each video are told apart, over all videos.

    Args:
        videos: Who was detected in each, and their embeddings.
        min_similarity: Cosine similarity from which on the tracker takes two looks for signs of one person.
        gaps_frames: Frames between the two looks.
    """
    gaps = [
        _figures(gap, add_counts(count_pairs(people, gap) for people in videos), min_similarity)
        for gap in gaps_frames
    ]
    return IdentitySeparation(min_similarity=min_similarity, gaps=tuple(gaps))


def _figures(gap_frames: int, counts: SimilarityCounts, min_similarity: float) -> SeparationAtGap:
    same_at, different_at = (_shares(number, number) for number in (counts.same, counts.different))
    same_above, different_above = _above(counts.same), _above(counts.different)
    ranked = counts.num_ranked or math.nan
    accepted, kept = (np.searchsorted(STEPS, at - 1e-9) for at in (min_similarity, SIMILARITIES))
    centre = (STEPS[:-1] + STEPS[1:]) / 2
    return SeparationAtGap(
        gap_frames=gap_frames,
        num_same=int(counts.same.sum()),
        num_different=int(counts.different.sum()),
        auc=float(same_at @ (1 - different_above[:-1] + different_at / 2)),
        true_positive_rate=_true_positive_rate(same_above, different_above),
        same_similarity=float(same_at @ centre),
        different_similarity=float(different_at @ centre),
        same_accepted=float(same_above[accepted]),
        different_accepted=float(different_above[accepted]),
        rank_1=counts.num_nearest / ranked,
        rank_1_by_chance=counts.num_nearest_by_chance / ranked,
        same_above=same_above[kept],
        different_above=different_above[kept],
    )


def _shares(number: Array, of: Array) -> Array:
    """Return `number` as shares of the sum of `of`; NaN if that is 0."""
    shares: Array = number / (of.sum() or math.nan)
    return shares


def _above(counts: Array) -> Array:
    """Return the share of pairs at least as similar as each of `STEPS`, `(S + 1,)`."""
    return _shares(np.append(counts[::-1].cumsum()[::-1], 0), counts)


def _true_positive_rate(same_above: Array, different_above: Array) -> float:
    if np.isnan(same_above[0]) or np.isnan(different_above[0]):
        return math.nan
    return float(same_above[different_above <= FALSE_SHARE][0])
