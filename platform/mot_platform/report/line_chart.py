"""Charts of several shares over another share: lines of HOTA over its thresholds, precision over recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.report.plot import PlotArea, Tick, polyline, tick

AREA = PlotArea(width=520, height=308, left=36, right=510, top=10, bottom=268)
NUM_COLORS = 8
"""Colours that the style sheet has for lines."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Series:
    """One line before it is drawn."""

    name: str
    value: float | None
    """The figure that stands for the line in the legend."""
    y: Array
    """float `(P,)` in [0, 1]; what is not finite is left out."""
    is_bold: bool = False
    is_named: bool = False
    """Whether it has a colour and a name even among too many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    value: float | None
    points: str
    """SVG `points` attribute."""
    color: int | None
    """Number of its colour from 0; None for one of too many to tell apart."""
    is_bold: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LineChart:
    """Lines over one axis."""

    title: str
    note: str
    """What the lines are, in a few words."""
    x_name: str
    lines: tuple[Line, ...]
    """Those that stand out last, so that they lie on top."""
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    area: PlotArea = AREA

    @property
    def legend(self) -> tuple[Line, ...]:
        """The lines to name, in the order they were given: bold ones first, and those with a colour."""
        named = [line for line in self.lines if line.color is not None]
        return tuple(sorted(named, key=lambda line: not line.is_bold))


def draw_lines(
    title: str, x: Array, series: Sequence[Series], *, x_name: str, note: str = ""
) -> LineChart | None:
    """Return the chart of `series` over `x`, both in [0, 1], or None if there is nothing to draw.

    Args:
        title: What the chart shows.
        x: float `(P,)`, ascending.
        series: Lines; if there are more than colours, only those that are bold or named get one.
        x_name: Name of the axis.
        note: What the lines are, in a few words.
    """
    drawable = [one for one in series if np.isfinite(one.y).sum() > 1]
    if not drawable:
        return None
    few = len(drawable) <= NUM_COLORS
    named = [one for one in drawable if few or one.is_bold or one.is_named]
    lines = []
    for one in drawable:
        known = np.isfinite(one.y)
        lines.append(
            Line(
                name=one.name,
                value=one.value,
                points=polyline(_across(x[known]), _height(one.y[known])),
                color=named.index(one) if one in named else None,
                is_bold=one.is_bold,
            )
        )
    shares = [step / 5 for step in range(6)]
    return LineChart(
        title=title,
        note=note,
        x_name=x_name,
        lines=tuple(sorted(lines, key=lambda line: (line.is_bold, line.color is not None))),
        x_ticks=tuple(tick(share, _across(share)) for share in shares),
        y_ticks=tuple(tick(share, _height(share)) for share in shares),
    )


def _across(share: Array | float) -> Array:
    return np.asarray(AREA.left + np.asarray(share) * (AREA.right - AREA.left))


def _height(share: Array | float) -> Array:
    return np.asarray(AREA.bottom - np.clip(share, 0, 1) * (AREA.bottom - AREA.top))
