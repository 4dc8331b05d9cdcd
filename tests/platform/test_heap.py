"""Freed memory goes back to the system."""

from __future__ import annotations

import resource
from pathlib import Path

from mot_platform.heap import return_free_memory


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_pieces_freed_between_others_are_given_back() -> None:
    pieces = [bytearray(10_000) for _ in range(8_000)]
    held_bytes = resident_bytes()
    pieces = pieces[::1000]
    return_free_memory()
    assert held_bytes - resident_bytes() > 50_000_000
    assert len(pieces) == 8
