"""Charts of several lines."""

from __future__ import annotations

import numpy as np

from mot_platform.report.line_chart import AREA, NUM_COLORS, Series, draw_lines

X = np.linspace(0, 1, 5)


def test_shares_fill_the_area_and_what_is_undefined_is_left_out() -> None:
    lines = [
        Series(name="whole", value=0.5, y=1 - X, is_bold=True),
        Series(name="part", value=None, y=np.array([np.nan, 1, 1, np.nan, 0])),
        Series(name="nothing", value=None, y=np.full(5, np.nan)),
    ]
    chart = draw_lines("A", X, lines, x_name="recall")
    assert chart is not None
    assert [line.name for line in chart.lines] == ["part", "whole"]  # the bold one on top
    assert [line.name for line in chart.legend] == ["whole", "part"]
    points = chart.lines[1].points.split()
    assert points[0] == f"{AREA.left:.1f},{AREA.top:.1f}"
    assert points[-1] == f"{AREA.right:.1f},{AREA.bottom:.1f}"
    assert len(chart.lines[0].points.split()) == 3


def test_of_too_many_lines_only_those_that_matter_are_named() -> None:
    many = [
        Series(name=str(number), value=None, y=X, is_named=number == 4) for number in range(NUM_COLORS + 1)
    ]
    chart = draw_lines("A", X, [Series(name="all", value=0.5, y=X, is_bold=True), *many], x_name="x")
    assert chart is not None
    assert [line.name for line in chart.legend] == ["all", "4"]
    assert len(chart.lines) == NUM_COLORS + 2


def test_nothing_to_draw_is_no_chart() -> None:
    assert draw_lines("A", X, [], x_name="x") is None
    assert draw_lines("A", X, [Series(name="a", value=None, y=np.full(5, np.nan))], x_name="x") is None
