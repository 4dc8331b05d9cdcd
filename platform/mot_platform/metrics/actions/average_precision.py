"""Precision over recall of ranked predictions, and the area under it as VOC has measured it since 2010."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

RECALLS = np.arange(101) / 100
"""Where the curve is kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Precision:
    """Precision of one class; each precision is the best at that recall or beyond."""

    average: float
    """Area under the whole curve, in [0, 1]."""
    at_recall: Array
    """float64 `(101,)`, precision at recall 0, 0.01 .. 1; 0 where that was not reached."""


def average_precision(is_right: Array, num_truth: int) -> Precision:
    """Return the precision of predictions of one class.

    Args:
        is_right: bool `(R,)`, best score first.
        num_truth: How many there were to find, at least 1.

    Source: the VOC 2010 development kit; AVA and JHMDB are measured the same way.
    """
    right = np.cumsum(is_right)
    recall = np.concatenate([[0], right / num_truth, [1]])
    precision = np.concatenate([[0], right / np.arange(1, len(right) + 1), [0]])
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    reached_by = np.searchsorted(recall[:-1], RECALLS)
    return Precision(average=float((np.diff(recall) * envelope[1:]).sum()), at_recall=envelope[reached_by])
