"""What training and evaluation are pointed at: an index, or the folder of a corpus as it is."""

from __future__ import annotations

import logging
from pathlib import Path

from mot_platform.datasets.index import is_index, read_index
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.datasets.source import Source
from mot_platform.errors import InputError

CORPUS_NAME = "corpus"
CORPUS_SPLIT = "train"
"""The split that all of a folder is, so that it can be trained on without an index."""

log = logging.getLogger(__name__)


def open_sources(root: Path | str, name: str | None = None) -> tuple[Source, ...]:
    """Return the sources of the index at `root`, or the corpus in the folder `root` as one source.

    Args:
        root: Which of them.
        name: The one source to return, None for all.

    Raises:
        InputError: if it is neither, or has no such source.
    """
    if is_index(root):
        return read_index(root, source=name).sources
    if name not in (None, CORPUS_NAME):
        raise InputError(f"no source {name} in {root}; there is {CORPUS_NAME}, as it is no index")
    source, problems = read_source(
        ReadRequest(kind="custom", root=Path(root), name=CORPUS_NAME, split=f"all:{CORPUS_SPLIT}")
    )
    for problem in problems:
        log.warning("%s: %s", problem.where, problem.what)
    return (source,)
