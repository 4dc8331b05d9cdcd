"""Taking turns; nothing here depends on how fast anything is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from mot_model.structures import Array, Detections
from mot_platform.benchmarking import timing
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.streams import crowd_stream
from mot_platform.benchmarking.timing import time_steps


class Recorder:
    """Notes when it begins and how many frames it gets."""

    def __init__(self, log: list[list[Any]], name: str, _camera_motion: bool) -> None:
        self.line: list[Any] = [name, 0]
        log.append(self.line)

    def prepare(self, detections: Detections) -> Detections:
        return detections

    def update(self, prepared: Detections) -> Detections:
        self.line[1] += 1
        return prepared

    def read(self, output: Detections) -> tuple[Array, Array]:
        return output.xyxy, np.arange(len(output))


def recorders(log: list[list[Any]]) -> list[Contestant]:
    return [Contestant(library="x", algorithm=name, begin=partial(Recorder, log, name)) for name in "abc"]


def test_everyone_runs_in_every_round_right_after_the_first() -> None:
    log: list[list[Any]] = []
    runs: list[None] = []
    times = time_steps(
        recorders(log), crowd_stream(3, 8), rounds=2, warm_up_frames=2, on_run=lambda: runs.append(None)
    )
    assert [line[0] for line in log] == [*"a", *"ab", *"ac", *"a", *"ac", *"ab"]
    assert {line[1] for line in log} == {8}
    assert len(runs) == 6
    assert [time.name for time in times] == ["x a", "x b", "x c"]
    assert times[0].ratio == 1
    assert all(0 < time.median_ms <= time.p99_ms for time in times)


def test_a_slow_tracker_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "MAX_RUN_S", 0.0)
    log: list[list[Any]] = []
    time_steps(recorders(log), crowd_stream(3, 100), rounds=1, warm_up_frames=5)
    assert {line[1] for line in log} == {5 + timing.MIN_STEPS + 1}


def test_a_stream_that_is_all_warm_up_is_an_error() -> None:
    with pytest.raises(ValueError, match="5 frames of warm-up, but the stream has 5"):
        time_steps(recorders([]), crowd_stream(3, 5), rounds=1, warm_up_frames=5)
