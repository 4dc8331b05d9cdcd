"""What an index holds, counted, and as a sheet of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.datasets.index import read_index
from mot_platform.datasets.picture_sheet import check_sheet_path, write_picture_sheet
from mot_platform.datasets.source import Problem
from mot_platform.datasets.summary import SourceSummary, changed_media, summarize


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexSummary:
    """What is in an index."""

    index: str
    digest: str
    """SHA-256 (hex) of the whole."""
    schema_version: int
    sources: tuple[SourceSummary, ...]
    """By name."""
    digests: dict[str, str]
    """SHA-256 (hex) of each source by its name."""
    changed: tuple[Problem, ...]
    """Media that are no longer as they were indexed."""


def show_index(index: Path, *, sheet: Path | None = None) -> IndexSummary:
    """Return what is in the index at `index`, and write a sheet of pictures of it if asked.

    Raises:
        InputError: if there is no index, or `sheet` names no format of pictures.
        OSError: if the sheet can't be written.
    """
    if sheet is not None:
        check_sheet_path(sheet)
    found = read_index(index)
    if sheet is not None:
        write_picture_sheet(sheet, found.sources)
    return IndexSummary(
        index=str(index),
        digest=found.digest,
        schema_version=found.schema_version,
        sources=tuple(summarize(source) for source in found.sources),
        digests=found.digests,
        changed=tuple(problem for source in found.sources for problem in changed_media(source)),
    )
