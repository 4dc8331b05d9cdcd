"""The Parquet contract of an index of data sets: five tables, columns only ever added.

`sources.parquet` lists the sources; `videos`, `frames`, `boxes` and `splits` are folders with a file for each
source, readable as they are by pyarrow, DuckDB, pandas and Spark.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 1
"""Raised when a column is added; written into every file."""
VERSION_KEY = b"mot_action.index_schema_version"

_METADATA = {VERSION_KEY: str(SCHEMA_VERSION).encode()}

_ACTION = pa.struct([("action_id", pa.int32()), ("name", pa.string())])


def _names() -> pa.ListType:
    return pa.list_(pa.field("element", pa.string()))  # the name that Parquet gives it


SOURCES = pa.schema(
    [
        ("source", pa.string()),
        ("kind", pa.string()),
        ("root", pa.string()),
        ("classes", _names()),
        ("complete_classes", _names()),  # the rest of a labelled frame is background of these only
        ("has_ids", pa.bool_()),
        ("has_actions", pa.bool_()),
        ("actions", pa.list_(pa.field("element", _ACTION))),
        ("digest", pa.string()),  # of the tables below, wherever they lie
        ("code_version", pa.string()),
        ("prepared_at", pa.timestamp("us", tz="UTC")),
    ],
    metadata=_METADATA,
)

VIDEOS = pa.schema(
    [
        ("source", pa.string()),
        ("video", pa.string()),
        ("uri", pa.string()),  # relative to the index where that is in the source's folder
        ("status", pa.string()),  # ready, missing, dead
        ("error", pa.string()),
        ("size_bytes", pa.int64()),
        ("codec", pa.string()),  # null, as all facts below, if the video is not ready; "images" for a folder
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("rotation", pa.int16()),
        ("duration_s", pa.float64()),
        ("frame_rate_hz", pa.float64()),
        ("time_base_numerator", pa.int64()),
        ("time_base_denominator", pa.int64()),
        ("seekable", pa.bool_()),
        ("not_seekable_reason", pa.string()),
        ("box_unit", pa.string()),  # px, or frame: shares of width and height
        ("num_frames", pa.int64()),  # rows in frames
        ("num_boxes", pa.int64()),  # rows in boxes
    ],
    metadata=_METADATA,
)

FRAMES = pa.schema(
    [
        ("source", pa.string()),
        ("video", pa.string()),
        ("frame_index", pa.int32()),
        ("time_s", pa.float64()),
        ("pts", pa.int64()),  # null if the video is not ready
        ("keyframe", pa.bool_()),  # decoding can begin here
        ("labelled", pa.bool_()),  # all objects of the complete classes are in boxes
    ],
    metadata=_METADATA,
)

BOXES = pa.schema(
    [
        ("source", pa.string()),
        ("video", pa.string()),
        ("frame_index", pa.int32()),
        ("time_s", pa.float64()),
        ("track_id", pa.int64()),  # null without identity
        ("class_name", pa.string()),
        ("x1", pa.float64()),
        ("y1", pa.float64()),
        ("x2", pa.float64()),
        ("y2", pa.float64()),
        ("visibility", pa.float32()),
        ("ignored", pa.bool_()),
        ("actions", _names()),  # null where actions are not labelled
    ],
    metadata=_METADATA,
)

SPLITS = pa.schema(
    [
        ("source", pa.string()),
        ("video", pa.string()),
        ("split", pa.string()),
        ("start_frame", pa.int64()),
        ("stop_frame", pa.int64()),
    ],
    metadata=_METADATA,
)

TABLES = {"videos": VIDEOS, "frames": FRAMES, "boxes": BOXES, "splits": SPLITS}
"""The tables with a file for each source."""
