"""Mean, spread and paired difference, and the table of them."""

from __future__ import annotations

import math

import pytest

from mot_platform.benchmarking.ablation_run import ArmResult
from mot_platform.benchmarking.ablation_table import figure, markdown_table
from mot_platform.benchmarking.step_cost import StepCost


def test_differences_are_paired_by_seed() -> None:
    summary = figure({0: 0.52, 1: 0.72, 2: 0.9}, {0: 0.50, 1: 0.69})
    assert summary.mean == pytest.approx(71.333, abs=1e-3)
    assert summary.spread == pytest.approx(19.009, abs=1e-3)
    assert summary.difference == pytest.approx(2.5)
    assert summary.difference_error == pytest.approx(0.5)
    assert str(summary) == "71.3 ± 19.0 (+2.5 ± 0.5)"


def test_a_single_seed_has_no_spread_and_the_base_no_difference() -> None:
    assert str(figure({4: 0.5}, {4: 0.6})) == "50.0 (-10.0)"
    assert str(figure({4: 0.5}, None)) == "50.0"
    assert str(figure({}, {4: 0.6})) == ""
    assert math.isnan(figure({4: 0.5}, {5: 0.6}).difference)


def test_a_row_for_each_arm_with_its_command() -> None:
    def result(hota: float) -> ArmResult:
        return ArmResult(figures={"HOTA": hota}, num_parameters=1_240_000)

    table = markdown_table(
        {"joint": {0: result(0.5)}, "separate": {0: result(0.4)}},
        {
            "joint": StepCost(median_ms=4, ratio=1),
            "separate": StepCost(median_ms=10, ratio=2.5),
        },
        {"joint": "do it", "separate": "do that"},
    )
    joint, separate = table.splitlines()[2:]
    assert joint.startswith("| the joint network | 0 | 50.0 |")
    assert "| 40.0 (-10.0) |" in separate
    assert separate.endswith("| 1.24 M | 10.00 (x 2.50) | `do that` |")
