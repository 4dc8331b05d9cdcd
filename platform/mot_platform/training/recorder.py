"""The one writer of a run's metrics: a callback in Ray Train's controller, which outlives the workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ray.train import UserCallback

from mot_platform.experiment import ExperimentRun


class MetricsRecorder(UserCallback):  # type: ignore[misc]  # Ray ships no types
    """Logs each step once, whatever is repeated after a failure.

    Args:
        run: Where to log.
        progress_file: File on the driver's node to which each report is appended as a line of JSON.
    """

    def __init__(self, run: ExperimentRun, progress_file: Path) -> None:
        self._run = run
        self._progress_file = progress_file
        self._last_step: int | None = None

    def after_report(self, run_context: Any, metrics: list[dict[str, Any]], checkpoint: Any) -> None:
        """Record rank 0's metrics unless their step is recorded already."""
        report = {name: float(value) for name, value in metrics[0].items()}
        step = int(report["step"])
        if self._last_step is None:
            self._last_step = self._run.last_step()
        if step <= self._last_step:
            return
        self._last_step = step
        self._run.log_metrics(report, step)
        with self._progress_file.open("a") as file:
            file.write(json.dumps(report) + "\n")
