"""An index on disk: a folder of Parquet that holds any number of sources.

`sources.parquet` is the list that counts: a file that it does not name is a remnant. It is replaced as a
whole, so that a reader sees a source as it was or as it is, and so does whoever comes after a kill.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mot_platform.commit import committed
from mot_platform.datasets.index_schema import SCHEMA_VERSION, SOURCES, TABLES, VERSION_KEY
from mot_platform.datasets.index_tables import tables_of, videos_from
from mot_platform.datasets.source import Source, SourceVideo
from mot_platform.errors import InputError
from mot_platform.provenance import code_version, digest_of

SOURCES_FILE = "sources.parquet"
_ROWS_OF_GROUP = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetIndex:
    """All sources of an index."""

    sources: tuple[Source, ...]
    """By name; only one of them if only that was asked for."""
    digests: dict[str, str]
    """SHA-256 (hex) of every source: of its labels, splits, and of what its videos are, wherever they lie."""
    schema_version: int

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the whole."""
        return digest_of(self.digests)


def is_index(path: Path | str) -> bool:
    """Return whether there is an index at `path`."""
    return (Path(path) / SOURCES_FILE).is_file()


def write_source(index: Path, source: Source) -> str:
    """Put `source` into the index, in place of the one of its name if there is one; return its digest.

    Several processes may do so at once. A kill leaves the index as it was before.

    Args:
        index: Folder, created if need be.
        source: What to put in.

    Raises:
        InputError: if the folder holds an index of a newer version.
        OSError: if it can't be written.
    """
    index.mkdir(parents=True, exist_ok=True)
    videos = tuple(_moved(video, _stored_uri(video.uri, index, source)) for video in source.videos)
    tables = tables_of(replace(source, videos=videos))
    digest = _digest(tables, source)
    with _locked(index):
        rows = {row["source"]: row for row in _source_rows(index)} if is_index(index) else {}
        for name, table in tables.items():
            path = _table_path(index, name, source.name, digest)
            path.parent.mkdir(exist_ok=True)
            with committed(path, scratch=index) as draft:
                pq.write_table(table, draft, compression="zstd", row_group_size=_ROWS_OF_GROUP)
        rows[source.name] = _source_row(source, digest, index)
        with committed(index / SOURCES_FILE, scratch=index) as draft:
            listed = [rows[name] for name in sorted(rows)]
            pq.write_table(pa.Table.from_pylist(listed, schema=SOURCES), draft)
        _remove_remnants(index, rows)
    return digest


def index_digest(index: Path | str) -> str:
    """Return the digest of the index at `index`, from its list of sources alone.

    Raises:
        InputError: if its list can't be read.
    """
    return _read(Path(index), lambda row: False).digest


def read_index(index: Path | str, *, source: str | None = None) -> DatasetIndex:
    """Return what is in the index at `index`.

    Args:
        index: Where it is.
        source: The one source to read, None for all.

    Raises:
        InputError: if there is none, a file of it is missing or no Parquet, it is of a newer version, or has
            no such source.
    """
    found = _read(Path(index), lambda row: source is None or row["source"] == source)
    if source is not None and not found.sources:
        raise InputError(f"{index}: no source {source!r} in it; it has {', '.join(found.digests)}")
    return found


def _read(index: Path, is_wanted: Callable[[dict[str, Any]], bool]) -> DatasetIndex:
    """Return the list of sources, and what is in those that are wanted."""
    if not is_index(index):
        raise InputError(f"{index}: no index of data sets here; make one with `mot-action data prepare`")
    try:
        rows = _source_rows(index)
        sources = tuple(_read_source(index, row) for row in rows if is_wanted(row))
    except FileNotFoundError as error:
        raise InputError(f"{error.filename or error}: missing; prepare its source again") from error
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{index}: can't be read: {error}; prepare its sources again") from error
    return DatasetIndex(
        sources=sources,
        digests={row["source"]: row["digest"] for row in rows},
        schema_version=SCHEMA_VERSION,
    )


def _read_source(index: Path, row: dict[str, Any]) -> Source:
    name, digest = row["source"], row["digest"]
    tables = {table: pq.read_table(_table_path(index, table, name, digest)) for table in TABLES}
    action_names = tuple(action["name"] for action in row["actions"])
    videos = videos_from(tables, row["classes"], action_names)
    return Source(
        name=name,
        kind=row["kind"],
        root=_resolved_uri(row["root"], index),
        class_names=tuple(row["classes"]),
        complete_classes=tuple(row["complete_classes"]),
        has_ids=row["has_ids"],
        action_ids=tuple(action["action_id"] for action in row["actions"]),
        action_names=action_names,
        videos=tuple(_moved(video, _resolved_uri(video.uri, index)) for video in videos),
    )


def _source_row(source: Source, digest: str, index: Path) -> dict[str, Any]:
    actions = zip(source.action_ids, source.action_names, strict=True)
    return {
        "source": source.name,
        "kind": source.kind,
        "root": _stored_uri(source.root, index, source),
        "classes": source.class_names,
        "complete_classes": source.complete_classes,
        "has_ids": source.has_ids,
        "has_actions": bool(source.action_names),
        "actions": [{"action_id": number, "name": name} for number, name in actions],
        "digest": digest,
        "code_version": code_version(),
        "prepared_at": datetime.now(UTC),
    }


def _source_rows(index: Path) -> list[dict[str, Any]]:
    """Return the list of sources.

    Raises:
        InputError: if this program is too old for it.
    """
    table = pq.ParquetFile(index / SOURCES_FILE).read()
    version = int((table.schema.metadata or {}).get(VERSION_KEY, b"0"))
    if not 0 < version <= SCHEMA_VERSION:
        raise InputError(f"{index}: an index of version {version}; this program reads {SCHEMA_VERSION}")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _digest(tables: dict[str, pa.Table], source: Source) -> str:
    """Return the digest of a source; the places of its files have no part in it."""
    vocabulary = [source.class_names, source.complete_classes, source.action_ids, source.action_names]
    digest = hashlib.sha256(repr([SCHEMA_VERSION, source.kind, source.has_ids, *vocabulary]).encode())
    for name in TABLES:
        placeless = tables[name].drop_columns([c for c in ("uri", "error") if c in tables[name].column_names])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, placeless.schema.remove_metadata()) as stream:
            stream.write_table(placeless.combine_chunks())
        digest.update(memoryview(sink.getvalue()))
    return digest.hexdigest()


def _table_path(index: Path, table: str, source: str, digest: str) -> Path:
    return index / table / f"{source}-{digest[:12]}.parquet"


def _remove_remnants(index: Path, rows: dict[str, dict[str, Any]]) -> None:
    """Remove the files of sources that were replaced, and what kills have left."""
    listed = {_table_path(index, t, name, row["digest"]) for name, row in rows.items() for t in TABLES}
    remnants = [path for table in TABLES for path in (index / table).glob("*") if path not in listed]
    for path in [*remnants, *index.glob("*.parquet.*")]:
        path.unlink(missing_ok=True)


def _moved(video: SourceVideo, uri: str) -> SourceVideo:
    facts = None if video.facts is None else replace(video.facts, uri=uri)
    return replace(video, uri=uri, facts=facts)


def _stored_uri(uri: str, index: Path, source: Source) -> str:
    """Return `uri` relative to an index in the source's own folder, so that both can be moved together."""
    if "://" in uri:
        return uri
    inside = Path(source.root).absolute() in index.absolute().parents
    return os.path.relpath(uri, index) if inside else str(Path(uri).absolute())


def _resolved_uri(uri: str, index: Path) -> str:
    return uri if "://" in uri else os.path.normpath(index / uri)


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the right to change the index."""
    with (index / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
