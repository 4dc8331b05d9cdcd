"""Axes and lines of charts."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.report.plot import polyline, round_numbers


@pytest.mark.parametrize(("low", "high"), [(0.3, 17.2), (-3e-5, 1e-5), (1e6, 1e6 + 3)])
def test_round_numbers_lie_around_their_range(low: float, high: float) -> None:
    numbers = round_numbers(low, high, 4)
    assert numbers[0] <= low
    assert high <= numbers[-1]
    assert 3 <= len(numbers) <= 8


def test_long_lines_keep_their_ends() -> None:
    points = polyline(np.arange(5000.0), np.zeros(5000)).split()
    assert (points[0], points[-1]) == ("0.0,0.0", "4999.0,0.0")
    assert len(points) < 300
