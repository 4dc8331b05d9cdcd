"""Charts of training curves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mot_platform.report.curves import AREA, chart_groups, draw_curve, running_mean


def test_a_curve_fills_its_plotting_area_and_stays_in_it() -> None:
    chart = draw_curve("loss/total", [(step, math.cos(step / 9)) for step in range(100)])
    assert chart is not None
    points = np.array([point.split(",") for point in chart.raw.split()], float)
    assert points[0, 0] == AREA.left
    assert points[-1, 0] == AREA.right
    assert points[:, 1].min() >= AREA.top
    assert points[:, 1].max() <= AREA.bottom
    assert chart.y_ticks[0].label == "-1"


def test_long_curves_keep_their_ends_and_lose_points() -> None:
    chart = draw_curve("loss/total", [(step, 1.0 + step) for step in range(5000)])
    assert chart is not None
    assert len(chart.raw.split()) < 300
    assert chart.raw.split()[-1].startswith(f"{AREA.right}.0,")


@pytest.mark.parametrize("points", [[], [(1, 2.0)], [(1, math.nan), (2, 3.0)], [(4, 1.0), (4, 2.0)]])
def test_less_than_two_finite_points_give_no_chart(points: list[tuple[int, float]]) -> None:
    assert draw_curve("loss/total", points) is None
    assert chart_groups({"loss/total": points}) == ()


def test_a_constant_curve_still_has_a_range() -> None:
    chart = draw_curve("loss/total", [(0, 0.0), (1, 0.0)])
    assert chart is not None
    assert chart.last.label == "0"
    assert AREA.top < chart.last.at < AREA.bottom


def test_the_learning_rate_is_not_smoothed() -> None:
    points = [(step, 0.001 * (1 - step / 99)) for step in range(100)]
    exact, smoothed = draw_curve("learning_rate", points), draw_curve("loss/box", points)
    assert exact is not None
    assert smoothed is not None
    assert (exact.smooth, exact.last.label) == ("", "0")
    assert smoothed.window > 1
    assert smoothed.last.label != "0"


def test_running_mean_has_no_lag_and_keeps_the_mean_of_a_line() -> None:
    line = np.arange(20.0)
    assert np.allclose(running_mean(line, 5)[2:-2], line[2:-2])
    assert running_mean(line, 1).tolist() == line.tolist()


def test_charts_stand_in_groups_the_total_loss_first() -> None:
    line = [(0, 1.0), (1, 2.0)]
    names = ("step", "validation/IDSW", "validation/HOTA", "frames_per_second", "loss/box", "loss/total")
    groups = chart_groups(dict.fromkeys(names, line))
    assert {group.title: [chart.metric for chart in group.charts] for group in groups} == {
        "Losses": ["loss/total", "loss/box"],
        "Validation during training": ["validation/HOTA"],
        "Optimisation": ["frames_per_second"],
    }
