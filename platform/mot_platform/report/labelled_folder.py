"""The tables of a labelled folder, as far as a page has room for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds

from mot_platform.labelling.layout import OutputLayout
from mot_platform.schema import TRACKS_SCHEMA, VIDEOS_SCHEMA

MAX_VIDEOS = 60
NUM_TRACK_ROWS = 8

_COLUMNS = tuple(name for name in TRACKS_SCHEMA.names if name not in ("class_id", "unit_id"))


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledFolder:
    """What `label` left in a folder."""

    root: str
    videos: tuple[Mapping[str, object], ...]
    """Rows of `videos`: dead ones first, then by name; at most `MAX_VIDEOS`."""
    num_videos: int
    num_dead: int
    num_rows: int
    """Rows in `tracks`, over all videos."""
    query: str
    """SQL for DuckDB that gives `track_rows`."""
    track_columns: tuple[str, ...]
    track_rows: tuple[Mapping[str, object], ...]


def read_labelled_folder(root: Path) -> LabelledFolder:
    """Return what the report shows of the output folder `root` of `label`.

    Raises:
        OSError: if it holds no tables or they can't be read.
    """
    layout = OutputLayout(root)
    videos = ds.dataset(layout.videos, schema=VIDEOS_SCHEMA, format="parquet").to_table()
    videos = videos.sort_by([("status", "ascending"), ("video", "ascending")])
    return LabelledFolder(
        root=str(root),
        videos=tuple(videos.slice(0, MAX_VIDEOS).to_pylist()),
        num_videos=len(videos),
        num_dead=pc.sum(pc.equal(videos["status"], "dead")).as_py() or 0,
        num_rows=pc.sum(videos["num_rows"]).as_py() or 0,
        query=tracks_query(layout.tracks),
        track_columns=_COLUMNS,
        track_rows=_first_tracks(layout.tracks),
    )


def tracks_query(folder: Path) -> str:
    """Return the SQL for DuckDB that reads the first rows of the tracks in `folder`."""
    files = str(folder / "*.parquet").replace("'", "''")
    order = f"ORDER BY video, frame_index, track_id LIMIT {NUM_TRACK_ROWS}"
    return f"SELECT {', '.join(_COLUMNS)} FROM '{files}' {order}"  # noqa: S608  shown, never run


def _first_tracks(folder: Path) -> tuple[Mapping[str, object], ...]:
    """Return the rows that `tracks_query` selects, reading no more than the first video's."""
    tracks = ds.dataset(folder, schema=TRACKS_SCHEMA, format="parquet")
    first = pc.min(tracks.to_table(columns=["video"])["video"])
    rows = tracks.to_table(columns=list(_COLUMNS), filter=ds.field("video") == first)
    rows = rows.sort_by([("frame_index", "ascending"), ("track_id", "ascending")])
    return tuple(rows.slice(0, NUM_TRACK_ROWS).to_pylist())
