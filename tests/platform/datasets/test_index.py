from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.datasets import index as index_module
from mot_platform.datasets.index import SOURCES_FILE, read_index, write_source
from mot_platform.datasets.index_schema import VERSION_KEY
from mot_platform.errors import InputError


def test_sources_come_back_by_name(labelled_source, tmp_path) -> None:
    index = tmp_path / "index"
    digests = {name: write_source(index, replace(labelled_source, name=name)) for name in ("b", "a")}
    found = read_index(index)
    assert [source.name for source in found.sources] == ["a", "b"]
    assert found.digests == digests
    assert (found.sources[0].action_ids, found.sources[0].has_ids) == ((11, 12), True)
    assert np.array_equal(found.sources[1].videos[0].boxes.xyxy, labelled_source.videos[0].boxes.xyxy)
    assert found.sources[0].videos[0].uri == labelled_source.videos[0].uri


def test_a_source_takes_the_place_of_the_one_of_its_name(labelled_source, tmp_path) -> None:
    write_source(tmp_path / "index", labelled_source)
    before = read_index(tmp_path / "index").digest
    write_source(tmp_path / "index", replace(labelled_source, videos=labelled_source.videos[:1]))
    found = read_index(tmp_path / "index")
    assert [video.name for video in found.sources[0].videos] == ["a"]
    assert found.digest != before
    assert len(list((tmp_path / "index" / "boxes").iterdir())) == 1


def test_plain_readers_see_every_row_once(labelled_source, tmp_path) -> None:
    for name in ("a", "b"):
        write_source(tmp_path, replace(labelled_source, name=name))
    rows = f"'{tmp_path}/boxes/*.parquet'"
    counted = duckdb.sql(f"select source, count(*), count(track_id) from {rows} group by 1 order by 1")
    assert counted.fetchall() == [("a", 5, 3), ("b", 5, 3)]


def test_the_digest_is_of_content_not_of_place_or_name(labelled_source, tmp_path) -> None:
    video = labelled_source.videos[0]
    digest = write_source(tmp_path / "one", labelled_source)
    elsewhere = replace(labelled_source, root="/other", videos=(replace(video, uri="/other/a.mp4"),))
    only_one = replace(labelled_source, videos=(video,))
    assert write_source(tmp_path / "two", elsewhere) == write_source(tmp_path / "three", only_one) != digest
    changed = replace(video, boxes=replace(video.boxes, xyxy=video.boxes.xyxy + 1e-9))
    assert write_source(tmp_path / "four", replace(only_one, videos=(changed,))) not in (
        digest,
        write_source(tmp_path / "five", only_one),
    )


def test_an_index_beside_its_videos_can_be_moved_with_them(labelled_source, tmp_path) -> None:
    root = Path(labelled_source.root)
    write_source(root / "index", labelled_source)
    shutil.move(root, tmp_path / "moved")
    found = read_index(tmp_path / "moved" / "index").sources[0]
    assert found.videos[0].uri == found.videos[0].facts.uri == str(tmp_path / "moved" / "a.mp4")
    assert found.root == str(tmp_path / "moved")


def test_writers_at_once_lose_nothing(labelled_source, tmp_path) -> None:
    named = [replace(labelled_source, name=f"s{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(partial(write_source, tmp_path), named))
    assert len(read_index(tmp_path).sources) == 6


def test_a_kill_while_writing_leaves_the_index_as_it_was(labelled_source, tmp_path, monkeypatch) -> None:
    write_source(tmp_path, labelled_source)
    before = read_index(tmp_path).digest
    write_table, written = pq.write_table, []

    def write_then_die(table: pa.Table, *args: object, **kwargs: object) -> None:
        written.append(table)
        if len(written) == 3:
            raise KeyboardInterrupt
        write_table(table, *args, **kwargs)

    monkeypatch.setattr(index_module.pq, "write_table", write_then_die)
    with pytest.raises(KeyboardInterrupt):
        write_source(tmp_path, replace(labelled_source, videos=labelled_source.videos[:1]))
    monkeypatch.undo()
    assert read_index(tmp_path).digest == before
    write_source(tmp_path, labelled_source)
    assert len(list((tmp_path / "videos").iterdir())) == 1


def test_what_is_no_index_is_said_in_one_line(labelled_source, tmp_path) -> None:
    with pytest.raises(InputError, match="no index of data sets here"):
        read_index(tmp_path)
    write_source(tmp_path, labelled_source)
    (file,) = (tmp_path / "boxes").iterdir()
    kept = file.read_bytes()
    file.write_bytes(b"junk")
    with pytest.raises(InputError, match="can't be read"):
        read_index(tmp_path)
    file.unlink()
    with pytest.raises(InputError, match="missing; prepare"):
        read_index(tmp_path)
    file.write_bytes(kept)
    table = pq.read_table(tmp_path / SOURCES_FILE)
    pq.write_table(table.replace_schema_metadata({VERSION_KEY: b"99"}), tmp_path / SOURCES_FILE)
    with pytest.raises(InputError, match="version 99"):
        read_index(tmp_path)
