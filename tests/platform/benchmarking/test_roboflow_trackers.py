"""roboflow's trackers as contestants, where the library is installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mot_platform.benchmarking.contestants import Contestant, present
from mot_platform.benchmarking.roboflow_trackers import CONTESTANTS

if not present(CONTESTANTS).contestants:
    pytest.skip("trackers is not installed", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the library
MOVED = [contestant for contestant in CONTESTANTS if contestant.takes_camera_motion]


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda contestant: contestant.name)
def test_two_persons_are_followed(
    contestant: Contestant, follow_walkers: Callable[[Contestant], None]
) -> None:
    follow_walkers(contestant)


@pytest.mark.parametrize("contestant", MOVED, ids=lambda contestant: contestant.name)
def test_camera_motion_reaches_the_tracker(
    contestant: Contestant, follow_camera: Callable[[Contestant], None]
) -> None:
    follow_camera(contestant)
