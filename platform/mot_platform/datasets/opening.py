"""What training and evaluation are pointed at: an index, or the folder of a corpus as it is."""

from __future__ import annotations

import logging
from pathlib import Path

from mot_platform.datasets.index import is_index, read_index
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.datasets.source import Source

CORPUS_SPLIT = "train"
"""The split that all of a folder is, so that it can be trained on without an index."""

log = logging.getLogger(__name__)


def open_sources(root: Path | str) -> tuple[Source, ...]:
    """Return the sources of the index at `root`, or the corpus in the folder `root` as one source.

    Raises:
        InputError: if it is neither.
    """
    if is_index(root):
        return read_index(root).sources
    source, problems = read_source(
        ReadRequest(kind="custom", root=Path(root), name="corpus", split=f"all:{CORPUS_SPLIT}")
    )
    for problem in problems:
        log.warning("%s: %s", problem.where, problem.what)
    return (source,)
