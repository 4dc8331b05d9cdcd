"""Results of several arms over several seeds as a table: mean, spread, and the difference to the base."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mot_platform.benchmarking.ablation_arms import ARMS, BASE
from mot_platform.benchmarking.ablation_run import ArmResult
from mot_platform.benchmarking.step_cost import StepCost

FIGURES: Mapping[str, str] = {
    "HOTA": "HOTA",
    "IDF1": "IDF1",
    "MOTA": "MOTA",
    "detection_AP50": "mAP50",
    "action_mAP": "action mAP",
    "identity/auc_gap_1": "AUC 1",
    "identity/auc_gap_16": "AUC 16",
    "identity/auc_gap_64": "AUC 64",
}
"""Figures of the table and their headings; in percent. AUC g: embeddings of people g frames apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure of an arm over its seeds, in percent; NaN where there is none."""

    mean: float
    spread: float
    """Standard deviation over the seeds; NaN for a single one."""
    difference: float
    """Mean over the common seeds of the difference to the base."""
    difference_error: float
    """Standard error of that mean; NaN for a single seed."""

    def __str__(self) -> str:
        """Return it as a cell of the table."""
        if math.isnan(self.mean):
            return ""
        text = f"{self.mean:.1f}{_plus_minus(self.spread)}"
        if math.isnan(self.difference):
            return text
        return f"{text} ({self.difference:+.1f}{_plus_minus(self.difference_error)})"


def figure(own: Mapping[int, float], base: Mapping[int, float] | None) -> Figure:
    """Return the summary of a figure, given as a share by seed.

    Args:
        own: Of the arm.
        base: Of the base; None for the base itself.
    """
    values = [100 * value for value in own.values()]
    common = sorted(own.keys() & (base or {}).keys())
    differences = [100 * (own[seed] - base[seed]) for seed in common] if base else []
    return Figure(
        mean=_mean(values),
        spread=_deviation(values),
        difference=_mean(differences),
        difference_error=_deviation(differences) / math.sqrt(max(1, len(differences))),
    )


def markdown_table(
    results: Mapping[str, Mapping[int, ArmResult]], costs: Mapping[str, StepCost], commands: Mapping[str, str]
) -> str:
    """Return the table, a row for each arm.

    Args:
        results: By arm and seed.
        costs: Of a step, by arm.
        commands: What makes the row, by arm.
    """
    headings = ["arm", "seeds", *FIGURES.values(), "parameters", "ms/frame", "command"]
    lines = [headings, ["---"] * len(headings)]
    base = results.get(BASE, {})
    for name, by_seed in results.items():
        summaries = [
            figure(_shares(by_seed, key), None if name == BASE else _shares(base, key)) for key in FIGURES
        ]
        parameters = next(iter(by_seed.values())).num_parameters
        cost = costs[name]
        lines.append(
            [
                ARMS[name].what,
                ", ".join(str(seed) for seed in by_seed),
                *(str(summary) for summary in summaries),
                f"{parameters / 1e6:.2f} M",
                f"{cost.median_ms:.2f} (x {cost.ratio:.2f})",
                f"`{commands[name]}`",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shares(by_seed: Mapping[int, ArmResult], key: str) -> dict[int, float]:
    return {seed: result.figures[key] for seed, result in by_seed.items() if key in result.figures}


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else math.nan


def _deviation(values: Sequence[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else math.nan


def _plus_minus(spread: float) -> str:
    return "" if math.isnan(spread) else f" ± {spread:.1f}"
