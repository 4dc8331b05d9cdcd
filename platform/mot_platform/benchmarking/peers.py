"""Who takes part in a benchmark of association."""

from __future__ import annotations

from mot_model.tracker import TrackerConfig
from mot_platform.benchmarking import (
    boxmot_trackers,
    compiled_trackers,
    roboflow_trackers,
    ultralytics_trackers,
)
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.own_trackers import YARDSTICK, ours
from mot_platform.errors import InputError

PEERS = (
    *compiled_trackers.CONTESTANTS,
    *roboflow_trackers.CONTESTANTS,
    *ultralytics_trackers.CONTESTANTS,
    *boxmot_trackers.CONTESTANTS,
)
"""Trackers of others, installed or not."""


def contestants(
    against: list[str] | None = None, *, config: TrackerConfig | None = None
) -> tuple[Contestant, ...]:
    """Return ours, the yardstick, and all peers or those whose name has one of the words in `against`.

    Raises:
        InputError: if a word is in no name.
    """
    words = [word.lower() for word in against or [""]]
    unknown = [word for word in words if not any(word in peer.name.lower() for peer in PEERS)]
    if unknown:
        names = ", ".join(peer.name for peer in PEERS)
        raise InputError(f"--against {unknown[0]}: no such tracker; there are {names}")
    chosen = [peer for peer in PEERS if any(word in peer.name.lower() for word in words)]
    return (ours(config), YARDSTICK, *chosen)
