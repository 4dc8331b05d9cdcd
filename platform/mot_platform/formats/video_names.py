"""Tells which video of one file is which of another, where one names paths and the other stems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from mot_platform.errors import InputError


def same_videos(names: Sequence[str], wanted: Iterable[str]) -> dict[str, str]:
    """Return by name which of `wanted` it is, for those that are one.

    A name is taken as it is or, where that is not wanted, without suffix, with folders joined by `_` as
    JHMDB's files have them (`a/b.mp4` for `a_b`), or without folders (`a/b.mp4` for `b`).

    Raises:
        InputError: if two names are the same one.
    """
    known = set(wanted)
    taken: dict[str, str] = {}
    for name in names:
        bare = str(PurePosixPath(name).with_suffix("")) if PurePosixPath(name).name else name
        spellings = (name, bare, bare.replace("/", "_"), PurePosixPath(name).name, PurePosixPath(bare).name)
        match = next((spelling for spelling in spellings if spelling in known), None)
        if match is None:
            continue
        if match in taken:
            raise InputError(
                f"videos {taken[match]} and {name} are both {match} of the ground truth; rename one"
            )
        taken[match] = name
    return {name: match for match, name in taken.items()}
