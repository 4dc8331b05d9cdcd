"""Time that a peer has, and what it made of it."""

from __future__ import annotations

import pytest

from mot_platform.benchmarking.peer_training import CURVE_POINTS, Budget, TrainingClock


def test_a_curve_is_as_long_as_there_are_batches_up_to_its_limit() -> None:
    clock = TrainingClock(budget=Budget(limit_s=1000))
    assert clock.record().losses == ()
    for loss in (3.0, 1.0):
        clock.count(4, loss)
    assert clock.record().losses == (3.0, 1.0)
    for _ in range(998):
        clock.count(4, 1.0)
    record = clock.record()
    assert record.samples == 4000
    assert len(record.losses) == CURVE_POINTS
    assert record.losses[0] == pytest.approx(1.04)


def test_progress_ends_with_the_budget() -> None:
    assert TrainingClock(budget=Budget(limit_s=1e9)).progress < 0.1
    assert TrainingClock(budget=Budget(limit_s=1e-9)).progress == 1


@pytest.mark.parametrize("wrong", [{"limit_s": 0.0}, {"limit_s": 1.0, "threads": 0}])
def test_nothing_is_no_budget(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="budget"):
        Budget(**wrong)  # type: ignore[arg-type]
