"""Pairs of people some frames apart, counted by how similar they look.

Similarity is counted in fine steps and not kept, so that memory is the same for a hundred pairs and for
hundreds of millions, no pair is left out, and sequences add up.
"""

# N people, P pairs, S steps of similarity

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople

NUM_STEPS = 20_000
"""Of similarity, from -1 to 1."""
STEPS = np.linspace(-1, 1, NUM_STEPS + 1)
"""float64 `(S + 1,)`, where each step begins, and where the last one ends."""
_MAX_PAIRS_AT_ONCE = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarityCounts:
    """Pairs of an earlier and a later person; they add up over sequences."""

    same: Array
    """int64 `(S,)`, pairs of one person, by step of similarity."""
    different: Array
    """int64 `(S,)`, pairs of two people."""
    num_ranked: int
    """Earlier people who are there later too, among others."""
    num_nearest: int
    """Of those, how many are nearest to themselves."""
    num_nearest_by_chance: float
    """Of those, how many would be if all looked alike."""


def count_pairs(people: EmbeddedPeople, gap_frames: int) -> SimilarityCounts:
    """Return the similarity of everyone with everyone `gap_frames` frames later, counted.

    Args:
        people: Of one sequence.
        gap_frames: At least 1.
    """
    counts = _nothing()
    for earlier in _blocks(people.frame_index, gap_frames):
        row, later = pairs_of_equal_keys(people.frame_index[earlier] + gap_frames, people.frame_index)
        similarity = np.einsum("pd,pd->p", people.embedding[earlier][row], people.embedding[later])
        is_same = people.person[earlier][row] == people.person[later]
        counts = add_counts([counts, _counted(row, similarity.astype(np.float64), is_same)])
    return counts


def _nothing() -> SimilarityCounts:
    empty = np.zeros(NUM_STEPS, np.int64)
    return SimilarityCounts(
        same=empty, different=empty, num_ranked=0, num_nearest=0, num_nearest_by_chance=0.0
    )


def _blocks(frame_index: Array, gap_frames: int) -> Iterator[Array]:
    """Yield the rows `(B,)` of earlier people, as many as have a bearable number of pairs."""
    later = frame_index + gap_frames
    number = np.searchsorted(frame_index, later, side="right") - np.searchsorted(frame_index, later)
    rows = np.flatnonzero(number)
    block = np.cumsum(number[rows]) // _MAX_PAIRS_AT_ONCE
    yield from np.split(rows, np.flatnonzero(np.diff(block)) + 1)


def _counted(row: Array, similarity: Array, is_same: Array) -> SimilarityCounts:
    """Return the counts of some pairs.

    Args:
        row: int64 `(P,)`, the earlier person; all pairs of one are here.
        similarity: float64 `(P,)`.
        is_same: bool `(P,)`, at most one of a row.
    """
    step = np.clip(np.searchsorted(STEPS, similarity, side="right") - 1, 0, NUM_STEPS - 1)
    num_later = np.bincount(row)
    own, best_other = np.full(len(num_later), -np.inf), np.full(len(num_later), -np.inf)
    own[row[is_same]] = similarity[is_same]
    np.maximum.at(best_other, row[~is_same], similarity[~is_same])
    ranked = np.isfinite(own) & np.isfinite(best_other)
    return SimilarityCounts(
        same=np.bincount(step[is_same], minlength=NUM_STEPS),
        different=np.bincount(step[~is_same], minlength=NUM_STEPS),
        num_ranked=int(ranked.sum()),
        num_nearest=int((own > best_other)[ranked].sum()),
        num_nearest_by_chance=float((1 / num_later[ranked]).sum()),
    )


def add_counts(parts: Iterable[SimilarityCounts]) -> SimilarityCounts:
    """Return the counts of all `parts` together."""
    total = _nothing()
    for part in parts:
        total = SimilarityCounts(
            **{
                field.name: getattr(total, field.name) + getattr(part, field.name)
                for field in fields(SimilarityCounts)
            }
        )
    return total
