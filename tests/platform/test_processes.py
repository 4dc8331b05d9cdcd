"""Results come from real processes, and a killed one is an error of one line."""

from __future__ import annotations

import os
import signal

import pytest

from mot_platform.errors import MotActionError
from mot_platform.processes import results_as_done


def _square_and_process(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def _die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def _fail(number: int) -> int:
    raise ValueError(f"item {number} is bad")


def test_every_item_has_its_result_from_another_process() -> None:
    results = list(results_as_done(_square_and_process, range(5), workers=2, fork=True))
    assert sorted(square for square, _ in results) == [0, 1, 4, 9, 16]
    assert os.getpid() not in {process for _, process in results}


def test_a_process_that_is_no_copy_does_the_same() -> None:
    own = "__import__('os').getpid()"  # it can import no test module
    assert os.getpid() not in list(results_as_done(eval, [own, own], workers=2))


def test_one_worker_is_this_process() -> None:
    assert list(results_as_done(_square_and_process, [3], workers=8)) == [(9, os.getpid())]


def test_killed_process_is_one_line() -> None:
    with pytest.raises(MotActionError, match="a worker process was killed"):
        list(results_as_done(_die, range(2), workers=2, fork=True))


def test_error_of_an_item_arrives_as_it_is() -> None:
    with pytest.raises(ValueError, match="item 0 is bad"):
        list(results_as_done(_fail, [0, 0], workers=2, fork=True))
