"""The best one-to-one matching over a sparse list of pairs.

Tracks and detections only compete where boxes meet, a handful of pairs each. The search for an augmenting
path walks along those pairs and so stays inside one crowd; a dense cost matrix is never made.
"""

# P pairs, M rows, N columns

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mot_model.compiled import compiled
from mot_model.structures import Array


class _Pairs(NamedTuple):
    """What may be matched, by row."""

    first: Array
    """int64 `(M + 1,)`, where the pairs of each row begin."""
    cols: Array
    gain: Array


class _Matching(NamedTuple):
    """The matching so far and the prices that prove it the best one; written."""

    col_of: Array
    row_of: Array
    row_price: Array
    col_price: Array


class _Search(NamedTuple):
    """The columns that the search for one row has reached; written, and clean again after it."""

    distance: Array
    came_from: Array
    """int64 `(N,)`, row, -1 where not reached."""
    is_done: Array
    reached: Array
    """int64 `(N,)`, the reached columns in their order."""


@compiled
def match_pairs(rows: Array, cols: Array, gain: Array, num_rows: int, num_cols: int) -> Array:
    """Return the column of each row, `(M,)` int64, -1 for none, in the matching with the largest total gain.

    To leave a row and a column alone gains 0, so pairs with no gain are never matched. Equal totals are
    decided by the order of the pairs, the same way every time.

    Args:
        rows: int64 `(P,)`, row of each pair, ascending; no pair twice.
        cols: int64 `(P,)`, its column.
        gain: float64 `(P,)`.
        num_rows: M.
        num_cols: N.

    Source: successive shortest paths with potentials (Jonker and Volgenant 1987; Crouse 2016, doi
    10.1109/TAES.2016.140952), on lists of pairs, each row with a column of its own that gains 0.
    """
    first = np.zeros(num_rows + 1, np.int64)
    for row in rows:
        first[row + 1] += 1
    for row in range(num_rows):
        first[row + 1] += first[row]
    pairs = _Pairs(first, cols, gain)
    matching = _Matching(np.full(num_rows, -1), np.full(num_cols, -1), np.zeros(num_rows), np.zeros(num_cols))
    search = _Search(
        np.full(num_cols, np.inf),
        np.full(num_cols, -1),
        np.zeros(num_cols, np.bool_),
        np.empty(num_cols, np.int64),
    )
    for row in range(num_rows):
        _match_row(row, pairs, matching, search)
    return matching.col_of


@compiled
def _match_row(start: int, pairs: _Pairs, matching: _Matching, search: _Search) -> None:
    """Match one more row by the shortest path from it to a free column or to a row that is left alone."""
    for pair in range(pairs.first[start], pairs.first[start + 1]):
        matching.row_price[start] = min(matching.row_price[start], -pairs.gain[pair])
    row, length, num_reached = start, 0.0, 0
    nearest_exit, exit_row = np.inf, -1
    while True:
        # A row may always give up its column; that ends the path as a free column does.
        if length - matching.row_price[row] < nearest_exit:
            nearest_exit, exit_row = length - matching.row_price[row], row
        num_reached = _reach_from(row, length, num_reached, pairs, matching, search)
        length, end = nearest_exit, -1
        for col in search.reached[:num_reached]:
            if not search.is_done[col] and search.distance[col] < length:
                length, end = search.distance[col], col
        if end < 0 or matching.row_of[end] < 0:
            break
        search.is_done[end] = True
        row = matching.row_of[end]
    matching.row_price[start] += length
    for col in search.reached[:num_reached]:
        if search.is_done[col]:
            matching.row_price[matching.row_of[col]] += length - search.distance[col]
            matching.col_price[col] -= length - search.distance[col]
    _shift_along_path(start, exit_row, end, matching, search.came_from)
    for col in search.reached[:num_reached]:
        search.distance[col], search.came_from[col], search.is_done[col] = np.inf, -1, False


@compiled
def _reach_from(
    row: int, length: float, num_reached: int, pairs: _Pairs, matching: _Matching, search: _Search
) -> int:
    """Look along the pairs of `row`, `length` away from the start; return how many are reached now."""
    for pair in range(pairs.first[row], pairs.first[row + 1]):
        col = pairs.cols[pair]
        distance = length - pairs.gain[pair] - matching.row_price[row] - matching.col_price[col]
        if pairs.gain[pair] > 0 and not search.is_done[col] and distance < search.distance[col]:
            if search.came_from[col] < 0:
                search.reached[num_reached] = col
                num_reached += 1
            search.distance[col], search.came_from[col] = distance, row
    return num_reached


@compiled
def _shift_along_path(start: int, exit_row: int, end: int, matching: _Matching, came_from: Array) -> None:
    """Match every row on the path from `start` anew: up to column `end`, or to `exit_row`, left alone."""
    col = end
    if end < 0:
        col = matching.col_of[exit_row]
        matching.col_of[exit_row] = -1
        if exit_row == start:
            return
    while True:
        row = came_from[col]
        next_col = matching.col_of[row]
        matching.row_of[col], matching.col_of[row] = row, col
        if row == start:
            return
        col = next_col
