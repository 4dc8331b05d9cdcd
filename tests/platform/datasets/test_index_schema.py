from __future__ import annotations

from mot_platform.datasets.index_schema import SOURCES, TABLES, VERSION_KEY


def test_every_table_says_its_version_and_joins_by_source_and_video() -> None:
    assert all(VERSION_KEY in schema.metadata for schema in (SOURCES, *TABLES.values()))
    assert all(schema.names[:2] == ["source", "video"] for schema in TABLES.values())


def test_columns_are_only_ever_added() -> None:
    assert TABLES["boxes"].names == [
        *("source", "video", "frame_index", "time_s", "track_id", "class_name", "x1", "y1", "x2", "y2"),
        *("visibility", "ignored", "actions"),
    ]
    assert TABLES["frames"].names == [
        *("source", "video", "frame_index", "time_s", "pts", "keyframe", "labelled"),
    ]
    assert TABLES["splits"].names == ["source", "video", "split", "start_frame", "stop_frame"]
