"""Area and curve of precision over recall, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.metrics.actions.average_precision import average_precision


def test_curve_is_the_best_precision_at_a_recall_or_beyond() -> None:
    precision = average_precision(np.array([True, False, True, True, False]), 4)
    assert precision.average == pytest.approx(1 / 4 + 2 / 4 * 3 / 4)
    assert precision.at_recall[[0, 25, 26, 75, 76, 100]].tolist() == [1, 1, 0.75, 0.75, 0, 0]


def test_nothing_predicted_has_precision_zero_everywhere() -> None:
    precision = average_precision(np.zeros(0, bool), 3)
    assert (precision.average, precision.at_recall.max()) == (0, 0)
