from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from mot_model.matching import match_pairs
from mot_model.structures import Array


def _total(col_of: Array, gain: Array) -> float:
    matched = np.flatnonzero(col_of >= 0)
    assert len(set(col_of[matched])) == len(matched)
    return float(gain[matched, col_of[matched]].sum())


@pytest.mark.parametrize("whole", [False, True])
@settings(deadline=None)  # the first call compiles
@given(
    seed=st.integers(0, 2**32 - 1),
    num_rows=st.integers(1, 14),
    num_cols=st.integers(1, 14),
    density=st.floats(0, 1),
)
def test_equals_scipy_on_any_pairs(
    seed: int, num_rows: int, num_cols: int, density: float, *, whole: bool
) -> None:
    rng = np.random.default_rng(seed)
    shape = (num_rows, num_cols)
    gain = rng.integers(-2, 4, shape).astype(np.float64) if whole else rng.normal(size=shape)
    gain[rng.random(shape) > density] = 0
    rows, cols = np.nonzero(gain)
    col_of = match_pairs(rows, cols, gain[rows, cols], num_rows, num_cols)
    best = np.maximum(gain, 0)
    assert _total(col_of, gain) == pytest.approx(best[linear_sum_assignment(best, maximize=True)].sum())


def test_pairs_without_gain_stay_apart() -> None:
    rows, cols = np.array([0, 1]), np.array([0, 1])
    assert match_pairs(rows, cols, np.array([0.0, -1.0]), 2, 2).tolist() == [-1, -1]


def test_a_row_gives_up_its_column_for_a_better_one() -> None:
    rows, cols = np.array([0, 1]), np.array([0, 0])
    assert match_pairs(rows, cols, np.array([0.5, 0.9]), 2, 1).tolist() == [-1, 0]


def test_no_pairs_no_matches() -> None:
    none = np.zeros(0, np.int64)
    assert match_pairs(none, none, np.zeros(0), 3, 0).tolist() == [-1, -1, -1]


def test_thousands_on_one_spot() -> None:
    num = 2000
    rows = np.repeat(np.arange(num), 30)
    cols = (rows + np.tile(np.arange(30), num)) % num
    col_of = match_pairs(rows, cols, np.ones(len(rows)), num, num)
    assert sorted(col_of) == list(range(num))
