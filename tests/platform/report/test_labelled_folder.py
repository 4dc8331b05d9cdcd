"""Tables of a labelled folder."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from mot_model.structures import Tracks
from mot_platform.report.labelled_folder import MAX_VIDEOS, NUM_TRACK_ROWS, read_labelled_folder
from mot_platform.schema import Vocabulary, tracks_table, videos_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty output folder with a name that needs quoting."""
    root = tmp_path / "o'neil"
    for name in ("tracks", "videos"):
        (root / name).mkdir(parents=True)
    return root


def test_the_query_gives_the_rows_shown(folder: Path, tracks: Tracks) -> None:
    words = Vocabulary(class_names=("person",), action_ids=(11, 14), action_names=("sit", "walk"))
    for name in ("b.mp4", "a.mp4"):
        table = tracks_table(tracks, video=name, unit_id="u", vocabulary=words, min_action_score=0.05)
        pq.write_table(table, folder / "tracks" / f"{name}.parquet")
    found = read_labelled_folder(folder)
    columns = duckdb.sql(found.query).fetchall()
    assert len(columns) == NUM_TRACK_ROWS
    assert columns == [tuple(row.values()) for row in found.track_rows]
    assert found.track_rows[0]["video"] == "a.mp4"


def test_dead_videos_come_first_and_many_are_cut(folder: Path) -> None:
    done = [{"video": f"{i:03}.mp4", "status": "done", "num_rows": 2} for i in range(MAX_VIDEOS + 5)]
    dead = {"video": "z.mp4", "status": "dead", "num_rows": 0, "error": "no video in it"}
    pq.write_table(videos_table([*done, dead]), folder / "videos" / "all.parquet")
    found = read_labelled_folder(folder)
    assert (found.num_videos, found.num_dead, found.num_rows) == (MAX_VIDEOS + 6, 1, 2 * (MAX_VIDEOS + 5))
    assert len(found.videos) == MAX_VIDEOS
    assert found.videos[0]["error"] == "no video in it"


def test_empty_tables_have_no_rows(folder: Path) -> None:
    found = read_labelled_folder(folder)
    assert (found.videos, found.track_rows, found.num_rows) == ((), (), 0)


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="videos"):
        read_labelled_folder(tmp_path / "nowhere")
