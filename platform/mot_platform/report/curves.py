"""Training curves as the geometry of small charts; the template turns it into SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.report.plot import PlotArea, Tick, polyline, round_numbers, tick

AREA = PlotArea(width=320, height=164, left=42, right=276, top=12, bottom=146)
"""What is right of the lines is for the last value, what is below for the steps."""

_MIN_POINTS_TO_SMOOTH = 12
_UNITS = {
    "learning_rate": "per step",
    "frames_per_second": "frames/s",
    "gradient_norm": "L2 norm",
    "task_weight": "factor",
    "validation": "share",
    "loss": "loss",
}
_SHOWN_SCORES = ("HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy")
_EXACT = "learning_rate"  # follows a schedule, so there is nothing to smooth
_FROM_ZERO = "frames_per_second"  # steadiness shows only against zero


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One metric over steps."""

    metric: str
    """Its name in MLflow."""
    title: str
    unit: str
    raw: str
    """The measured points as an SVG `points` attribute."""
    smooth: str
    """Their running mean; empty where nothing is smoothed."""
    window: int
    """Points in the running mean, 1 where nothing is smoothed."""
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    last: Tick
    """Height and value of the end of the bolder line."""
    area: PlotArea = AREA


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartGroup:
    """Charts that belong together."""

    title: str
    charts: tuple[Chart, ...]


def chart_groups(curves: Mapping[str, Sequence[tuple[int, float]]]) -> tuple[ChartGroup, ...]:
    """Return the charts of all metrics with at least two finite points: losses, scores, then the rest.

    Args:
        curves: (step, value) points by name; names are `group/metric` or `metric`.
    """
    groups: dict[str, list[Chart]] = {"Losses": [], "Validation during training": [], "Optimisation": []}
    for name in sorted(curves, key=_importance):
        chart = draw_curve(name, curves[name])
        family, _, metric = name.rpartition("/")
        if (
            chart is None
            or name in ("step", "workers")
            or (family == "validation" and metric not in _SHOWN_SCORES)
        ):
            continue
        title = {"loss": "Losses", "validation": "Validation during training"}.get(family, "Optimisation")
        groups[title].append(chart)
    return tuple(ChartGroup(title=title, charts=tuple(found)) for title, found in groups.items() if found)


def draw_curve(metric: str, points: Sequence[tuple[int, float]]) -> Chart | None:
    """Return the chart of a metric, or None if fewer than two of its points are finite."""
    finite = sorted((step, value) for step, value in points if math.isfinite(value))
    step, value = np.array(finite, np.float64).reshape(-1, 2).T
    if len(step) < 2 or step[0] == step[-1]:
        return None
    window = 1
    if metric != _EXACT and len(step) >= _MIN_POINTS_TO_SMOOTH:
        window = 2 * (len(step) // 40 + 1) + 1
    smooth = running_mean(value, window)
    y_values = round_numbers(_floor(metric, value), float(value.max()), 3)
    low, high = y_values[0], y_values[-1]

    def height(number: Array | float) -> Array:
        return np.asarray(AREA.bottom - (number - low) / (high - low) * (AREA.bottom - AREA.top))

    def place(number: Array | float) -> Array:
        return np.asarray(AREA.left + (number - step[0]) / (step[-1] - step[0]) * (AREA.right - AREA.left))

    x_values = [n for n in round_numbers(step[0], step[-1], 4) if step[0] <= n <= step[-1]]
    return Chart(
        metric=metric,
        title=_title(metric),
        unit=_UNITS.get(metric, _UNITS.get(metric.partition("/")[0], "")),
        raw=polyline(place(step), height(value)),
        smooth=polyline(place(step), height(smooth)) if window > 1 else "",
        window=window,
        x_ticks=tuple(tick(n, place(n)) for n in x_values),
        y_ticks=tuple(tick(n, height(n)) for n in y_values),
        last=tick(float(smooth[-1]), height(smooth[-1])),
    )


def running_mean(value: Array, window: int) -> Array:
    """Return the mean of `window` (odd) neighbours of each point `(P,)`, of fewer towards both ends."""
    place = np.arange(len(value))
    start = np.maximum(place - window // 2, 0)
    stop = np.minimum(place + window // 2 + 1, len(value))
    total = np.concatenate([[0.0], np.cumsum(value)])
    mean: Array = (total[stop] - total[start]) / (stop - start)
    return mean


def _floor(metric: str, value: Array) -> float:
    """Return where the value axis begins: at zero unless that would flatten the curve."""
    low, high = float(value.min()), float(value.max())
    return 0.0 if low > 0 and (low <= high / 2 or metric == _FROM_ZERO) else low


def _title(metric: str) -> str:
    family, _, name = metric.rpartition("/")
    words = name.replace("_", " ")
    return words if family in ("", "loss", "validation") else f"{family.replace('_', ' ')}: {words}"


def _importance(metric: str) -> tuple[int, str]:
    """Return what sorts the total loss, the learning rate and the throughput to the front."""
    first = ("loss/total", "learning_rate", "frames_per_second", "gradient_norm")
    return (first.index(metric) if metric in first else len(first)), metric
