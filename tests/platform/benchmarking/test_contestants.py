"""Who takes part."""

from __future__ import annotations

from importlib import import_module

from mot_platform.benchmarking.contestants import Contestant, StepTracker, present
from mot_platform.benchmarking.own_trackers import YARDSTICK


def begin_what_is_not_there(_camera_motion: bool) -> StepTracker:
    tracker: StepTracker = import_module("no_such_library").Tracker()
    return tracker


def test_a_library_that_can_not_be_imported_is_named_with_the_reason() -> None:
    missing = [Contestant(library="no-such", algorithm=name, begin=begin_what_is_not_there) for name in "ab"]
    field = present([YARDSTICK, *missing])
    assert field.contestants == (YARDSTICK,)
    assert field.absent == {"no-such": "No module named 'no_such_library'"}
    assert list(field.versions) == ["mot-action"]
