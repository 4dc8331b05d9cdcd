"""Compiled trackers as contestants, where their libraries are installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mot_platform.benchmarking.compiled_trackers import CONTESTANTS
from mot_platform.benchmarking.contestants import Contestant, present

INSTALLED = present(CONTESTANTS).contestants
if not INSTALLED:
    pytest.skip("neither pyxtrackers nor visiontrack-cpp is installed", allow_module_level=True)


@pytest.mark.parametrize("contestant", INSTALLED, ids=lambda contestant: contestant.name)
def test_two_persons_are_followed(
    contestant: Contestant, follow_walkers: Callable[[Contestant], None]
) -> None:
    follow_walkers(contestant)
