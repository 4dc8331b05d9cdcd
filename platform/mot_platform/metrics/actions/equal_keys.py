"""Joins two columns of keys, as a database does."""

from __future__ import annotations

import numpy as np

from mot_model.structures import Array


def pairs_of_equal_keys(left: Array, right: Array) -> tuple[Array, Array]:
    """Return the rows of `left` and `right` of every pair with one key, by row of `left`, then of `right`.

    Args:
        left: int64 `(N,)`, keys that may repeat.
        right: int64 `(M,)`.

    Examples:
        >>> pairs_of_equal_keys(np.array([7, 8, 7]), np.array([7, 9, 7]))
        (array([0, 0, 2, 2]), array([0, 2, 0, 2]))
    """
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right[order], left, side="left")
    number = np.searchsorted(right[order], left, side="right") - first
    row = np.repeat(np.arange(len(left)), number)
    within = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    return row, order[first[row] + within]


def row_numbers(rows: Array) -> Array:
    """Return a number `(N,)` from 0 for each row of `rows` `(N, C)`, equal for equal rows, in sorted order.

    Examples:
        >>> row_numbers(np.array([[2, 1], [1, 5], [2, 1]]))
        array([1, 0, 1])
    """
    order = np.lexsort(rows.T[::-1])
    changes = (rows[order[1:]] != rows[order[:-1]]).any(axis=1)
    number = np.zeros(len(rows), np.int64)
    number[order[1:]] = np.cumsum(changes)
    return number
