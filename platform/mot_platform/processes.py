"""Work shared among processes of this machine, for jobs too short for a cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from mot_platform.errors import MotActionError

Item = TypeVar("Item")
Result = TypeVar("Result")


def results_as_done(
    function: Callable[[Item], Result], items: Sequence[Item], *, workers: int, fork: bool = False
) -> Iterator[Result]:
    """Yield what `function` returns for each item as it is done, in any order.

    Args:
        function: Picklable, called in another process, or in this one where one suffices.
        items: Picklable; begun in their order, so the longest should come first.
        workers: Processes.
        fork: Whether processes may begin as copies of this one, which is faster by what it has imported, but
            asks for a process without threads. Only Linux does.

    Raises:
        MotActionError: if a process is killed.
    """
    workers = min(workers, len(items))
    if workers <= 1:
        yield from map(function, items)
        return
    context = get_context("fork" if fork and sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        for done in as_completed([pool.submit(function, item) for item in items]):
            yield done.result()
    except BrokenProcessPool as error:
        raise MotActionError(f"a worker process was killed, perhaps for want of memory: {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)
