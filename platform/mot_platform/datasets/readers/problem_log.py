"""Collects what is wrong with a source, so that a hundred thousand bad rows make a list one can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.video_labels import Places
from mot_platform.datasets.source import Problem

SHOWN_PER_KIND = 20
"""Problems of a kind that are listed one by one."""


class ProblemLog:
    """Problems by kind, in the order in which they were found.

    Args:
        root: Folder of the source; places below it are told relative to it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shown: dict[str, list[Problem]] = {}
        self._count: Counter[str] = Counter()

    def add(self, kind: str, where: Path | str, what: str, *, fatal: bool = False) -> None:
        """Note a problem.

        Args:
            kind: What it is about, such as "rows that can't be read"; those beyond the shown are counted.
            where: File, with the line where there is one.
            what: What is wrong and what was done about it, one line.
            fatal: Whether the source can't be used before this is mended.
        """
        self._count[kind] += 1
        shown = self._shown.setdefault(kind, [])
        if len(shown) < SHOWN_PER_KIND or fatal:
            shown.append(Problem(where=self.place(where), what=what, fatal=fatal))

    def add_rows(self, kind: str, places: Places, wrong: Array, what: Callable[[int], str]) -> None:
        """Note a problem for each row of a mask; what it is is only asked for those that are shown."""
        rows = np.flatnonzero(wrong)
        room = SHOWN_PER_KIND - len(self._shown.get(kind, ()))
        for row in rows[: max(0, room)].tolist():
            self.add(kind, places.of(row), what(row))
        self._count[kind] += max(0, len(rows) - max(0, room))

    def add_unreadable(self, path: Path, error: Exception, *, instead: str = "left out") -> None:
        """Note a file that can't be read; an error that begins with its path and a line is placed there."""
        text = " ".join(str(error).split())
        match = re.match(rf"{re.escape(str(path))}(:\d+)?: (.*)", text)
        line, what = (match[1] or "", match[2]) if match else ("", text)
        self.add("files that can't be read", f"{path}{line}", f"{what}; {instead}")

    def place(self, where: Path | str) -> str:
        """Return a place relative to the folder of the source, if it is in it."""
        return str(where).removeprefix(f"{self._root}/")

    def problems(self) -> list[Problem]:
        """Return all problems, those of a kind together, with a line for those that are not shown."""
        listed = []
        for kind, shown in self._shown.items():
            listed += shown
            if (more := self._count[kind] - len(shown)) > 0:
                listed.append(Problem(where=str(self._root), what=f"{more:,} more: {kind}"))
        return listed
