from __future__ import annotations

import time
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from mot_platform.datasets.download.hosts import Hosts


def test_what_one_is_told_to_wait_all_wait_but_only_for_that_host() -> None:
    hosts = Hosts()
    begun = time.monotonic()
    hosts.leave_alone("http://a:1/x", 0.2)
    hosts.leave_alone("http://a:1/y", 0.0)  # does not shorten the other
    with ThreadPoolExecutor(1) as pool:
        pool.submit(hosts.await_turn, "http://a:1/z").result()
    assert time.monotonic() - begun >= 0.2  # a lower limit, which no load can break
    hosts.leave_alone("http://a:1/x", 1000)
    hosts.await_turn("http://b:1/x")


def test_a_stop_ends_every_wait() -> None:
    hosts = Hosts()
    hosts.leave_alone("http://a/", 1000)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(hosts.await_turn, "http://a/")
        hosts.stop()
        with pytest.raises(CancelledError):
            waiting.result()


def test_a_host_that_cannot_be_reached_is_known_until_it_can() -> None:
    hosts = Hosts()
    hosts.note_reachable("http://a/x", False)
    assert hosts.is_unreachable("http://a/y")
    assert not hosts.is_unreachable("http://b/y")
    hosts.note_reachable("http://a/z", True)
    assert not hosts.is_unreachable("http://a/y")
