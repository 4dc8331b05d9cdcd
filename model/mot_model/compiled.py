"""Loops over arrays as machine code: Numba, with the settings that this project relies on.

Compiled functions take and return arrays and numbers only, give the same bits on every run (no fast-math, no
threads of their own) and release the interpreter lock, so that streams in one process do not wait for each
other. The first call on a machine compiles; the result is kept on disk for all later processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return `function` compiled when it is first called, cached on disk where a folder for that is writable.

    The folder is `__pycache__` beside the module, or a folder of the user, or `NUMBA_CACHE_DIR`.
    """
    try:
        return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no folder can be written: compile anew in each process
        return cast(Function, numba.njit(nogil=True, error_model="numpy")(function))
