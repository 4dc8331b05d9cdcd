"""What every chart of a page is made of: its area, the marks on its axes, and lines through points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

_MAX_POINTS = 240


@dataclass(frozen=True, kw_only=True, slots=True)
class PlotArea:
    """Size of a chart in its own units, and the rectangle in it that the lines have."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    """Chart units from the left or the top."""
    label: str


def tick(value: float, at: Array | float) -> Tick:
    """Return the mark of `value` at a place."""
    return Tick(at=round(float(at), 1), label=short_number(value))


def polyline(x: Array, y: Array) -> str:
    """Return at most `_MAX_POINTS` of the points as an SVG attribute, the first and last among them."""
    keep = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MAX_POINTS)).round().astype(int))
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[keep], y[keep], strict=True))


def round_numbers(low: float, high: float, count: int) -> list[float]:
    """Return about `count` multiples of 1, 2 or 5 times a power of ten, the first and last around the range.

    Examples:
        >>> round_numbers(0.3, 3.9, 4)
        [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    if not high > low:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * min((1, 2, 5, 10), key=lambda factor: abs(math.log(factor * power / rough)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def short_number(value: float) -> str:
    """Return three digits of a number, thousands as k.

    Examples:
        >>> short_number(0.123456), short_number(12500), short_number(0.00002), short_number(-0.0)
        ('0.123', '12.5k', '2e-5', '0')
    """
    if abs(value) >= 1000:
        return f"{value / 1000:.3g}k" if abs(value) < 1e6 else f"{value:.2g}".replace("e+0", "e")
    return f"{value + 0.0:.3g}".replace("e-0", "e-")
