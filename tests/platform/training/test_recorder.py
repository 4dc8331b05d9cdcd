"""Each step is recorded once, whatever a recovery repeats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mot_platform.experiment import begin_or_resume
from mot_platform.training.recorder import MetricsRecorder

pytestmark = pytest.mark.filterwarnings("default")  # MLflow's own deprecations


def test_repeated_steps_are_recorded_once_even_by_a_new_process(tmp_path: Path) -> None:
    run = begin_or_resume(tmp_path, "first", {})
    progress = tmp_path / "progress.jsonl"
    first = MetricsRecorder(run, progress)
    for step in (1, 2, 3):
        first.after_report(None, [{"step": step, "loss/total": 1.0 / step}, {"step": step}], None)
    resumed = MetricsRecorder(run, progress)
    for step in (2, 3, 4):
        resumed.after_report(None, [{"step": step, "loss/total": 9.0}], None)
    assert run.history()["loss/total"] == [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3)), (4, 9.0)]
    assert [json.loads(line)["step"] for line in progress.read_text().splitlines()] == [1, 2, 3, 4]
