from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mot_platform.datasets.download.backoff import Patience, asked_wait_s


def test_waits_double_up_to_the_limit_and_vary_by_half() -> None:
    patience = Patience(first_wait_s=2, longest_wait_s=10)
    for failures, mean_s in ((1, 2), (2, 4), (3, 8), (4, 10), (50, 10)):
        waits = [patience.wait_s(failures) for _ in range(50)]
        assert mean_s / 2 <= min(waits) < max(waits) <= mean_s * 1.5


def test_an_asked_wait_is_seconds_or_a_date() -> None:
    assert asked_wait_s(None) is None
    assert asked_wait_s("120") == 120
    assert asked_wait_s("soon") is None
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert asked_wait_s(later) == pytest.approx(100, abs=5)
    assert asked_wait_s("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_impossible_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="attempts"):
        Patience(attempts=0)
