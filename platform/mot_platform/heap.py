"""Memory that this process has freed, given back to the system."""

from __future__ import annotations

import ctypes
import gc


def return_free_memory() -> None:
    """Give free memory back, where the C library can (glibc).

    Decoders are opened and closed with thousands of small pieces of memory. glibc keeps what lies between
    those still in use, and after hours a process holds several times what it uses. Frames in cycles of
    references are a few objects only for Python, which collects them late, but megabytes each.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
