"""Which place the i-th clip is taken at: a pure function of the seed and i.

Sources take turns by weight, and each goes through its places epoch after epoch, in a new order every time.
So a killed run goes on with the clips that it would have seen, on any number of workers, and every place of
a source is seen before any is seen again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mot_model.structures import Array

BLOCK_CLIPS = 256
"""In every block of as many clips, each source has its share, but for one clip more or less."""
GOLDEN_RATIO = (1 + 5**0.5) / 2


class ClipOrder:
    """The endless order of places.

    Args:
        repeats: For each source, how often each of its places is due in an epoch, float64 above 0.
        weights: Share of clips from each source, relative to the others.
        seed: Fixes the order.
        neighbours: Places that are next to each other and are taken one after the other.

    Raises:
        ValueError: if a source has no place, or a weight is not positive.
    """

    def __init__(
        self, repeats: Sequence[Array], weights: Sequence[float], seed: int, *, neighbours: int = 1
    ) -> None:
        if not repeats or min(map(len, repeats)) == 0 or min(weights) <= 0:
            raise ValueError("every source needs a place and a positive weight")
        self._repeats = list(repeats)
        self._due = np.array([max(1, round(factors.sum())) for factors in repeats])
        self._bounds = np.cumsum(weights) / np.sum(weights)
        self._bounds[-1] = 1.0  # exactly, or a block would lack a clip
        self._seed = seed
        self._neighbours = neighbours
        self._block, self._turns, self._before = -1, np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._epochs = [(-1, np.zeros(0, np.int64))] * len(repeats)

    def clips_of_epoch(self, source: int) -> int:
        """Return how many clips of a source make an epoch of it."""
        return int(self._due[source])

    def at(self, number: int) -> tuple[int, int, int]:
        """Return source, epoch of that source, and place of clip `number`."""
        block, position = divmod(number, BLOCK_CLIPS)
        if block != self._block:  # kept, because clips are mostly asked for in order
            self._block, self._turns, self._before = block, self._draw_turns(block), self._count_before(block)
        source = int(self._turns[position])
        before = self._before[source] + np.count_nonzero(self._turns[:position] == source)
        epoch, position = divmod(int(before), int(self._due[source]))
        if epoch != self._epochs[source][0]:
            self._epochs[source] = epoch, self._draw_epoch(source, epoch)
        return source, epoch, int(self._epochs[source][1][position])

    def _count_before(self, block: int) -> Array:
        """Return how many clips of each source there are before a block, int64 `(S,)`."""
        counted: Array = self._counts(np.arange(block)).sum(axis=0)
        return counted

    def _counts(self, blocks: Array) -> Array:
        """Return the clips of each source in each block, int64 `(len(blocks), S)`.

        Systematic sampling: evenly spaced ticks, moved a little from block to block, fall into the sources'
        shares.
        """
        phase = (blocks * GOLDEN_RATIO) % 1
        below = np.ceil(self._bounds * BLOCK_CLIPS - phase[:, None])
        counts: Array = np.diff(below, prepend=0).astype(np.int64)
        return counts

    def _draw_turns(self, block: int) -> Array:
        """Return the source of each clip of a block."""
        (counts,) = self._counts(np.array([block]))
        turns = np.repeat(np.arange(len(counts)), counts)
        mixed: Array = np.random.default_rng((self._seed, 0, block)).permutation(turns)
        return mixed

    def _draw_epoch(self, source: int, epoch: int) -> Array:
        """Return the places of an epoch in order, each as often as it is due, rounded by chance."""
        random = np.random.default_rng((self._seed, 1, source, epoch))
        ends = np.cumsum(self._repeats[source])
        ticks = (np.arange(self._due[source]) + random.random()) * (ends[-1] / self._due[source])
        chosen = np.minimum(np.searchsorted(ends, ticks, side="right"), len(ends) - 1)
        group = np.arange(len(chosen)) // self._neighbours
        turn = random.permutation(group[-1] + 1)
        ordered: Array = chosen[np.argsort(turn[group], kind="stable")]
        return ordered
