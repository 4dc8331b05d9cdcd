from __future__ import annotations

import time

from mot_platform.datasets.download.progress import FileProgress, ProgressMeter


def test_a_meter_tells_bytes_rate_and_time_left(monkeypatch) -> None:
    events: list[FileProgress] = []
    clock = iter([0.0, 0.01, 1.0, 2.0, 3.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    meter = ProgressMeter(events.append, name="a", action="fetch")
    for done in (0, 5, 100, 200):
        meter.at(done, 1000)
    meter.done()
    assert [event.done_bytes for event in events] == [0, 100, 200, 200]  # 5 came too soon after 0
    assert (events[2].bytes_per_s, events[2].eta_s) == (100, 8)
    assert (events[0].eta_s, events[3].state) == (None, "done")


def test_a_file_that_begins_anew_has_no_negative_rate(monkeypatch) -> None:
    events: list[FileProgress] = []
    clock = iter([0.0, 1.0, 2.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    meter = ProgressMeter(events.append, name="a", action="fetch")
    meter.at(500, None)
    meter.at(10, None)
    meter.at(30, None)
    assert [event.bytes_per_s for event in events] == [None, None, 20]
    assert events[2].eta_s is None
