"""Joins of columns of keys."""

from __future__ import annotations

import numpy as np

from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys, row_numbers


def test_pairs_are_those_of_a_double_loop() -> None:
    random = np.random.default_rng(0)
    left, right = random.integers(0, 9, 40), random.integers(3, 12, 30)
    wanted = [(i, j) for i in range(40) for j in range(30) if left[i] == right[j]]
    assert list(zip(*(rows.tolist() for rows in pairs_of_equal_keys(left, right)), strict=True)) == wanted


def test_nothing_has_no_pairs_and_no_numbers() -> None:
    none = np.zeros(0, np.int64)
    assert [len(rows) for rows in pairs_of_equal_keys(none, np.arange(3))] == [0, 0]
    assert [len(rows) for rows in pairs_of_equal_keys(np.arange(3), none)] == [0, 0]
    assert len(row_numbers(np.zeros((0, 2)))) == 0


def test_equal_rows_have_one_number() -> None:
    rows = np.array([[1.0, 2.0], [0.5, 9.0], [1.0, 2.0], [1.0, 1.5]])
    assert row_numbers(rows).tolist() == [2, 0, 2, 1]
