"""Files of detections to files of tracks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_model.tracker import TrackerConfig
from mot_platform.association.inputs import find_detections
from mot_platform.association.job import AssociationSummary, associate_files
from mot_platform.association.prepared import AssociationRequest
from mot_platform.formats.detections import read_text_detections


def lines(num_frames: int, left: float) -> list[str]:
    """Return two people who walk towards each other and past."""
    walk = [
        (frame, 100 + left + 7.25 * frame, 0.95, 500 + left - 6.5 * frame, 0.85)
        for frame in range(1, num_frames + 1)
        if frame % 9
    ]
    return [
        row
        for frame, one, one_score, two, two_score in walk
        for row in (f"{frame},-1,{one},50,40.5,110,{one_score}", f"{frame},-1,{two},58,42,120.25,{two_score}")
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three sequences, one with its frames backwards and one empty."""
    root = tmp_path / "detections"
    root.mkdir()
    (root / "a.txt").write_text("\n".join(lines(50, 0.0)))
    (root / "b.txt").write_text("\n".join(sorted(lines(40, 33.0), key=lambda row: -int(row.split(",")[0]))))
    (root / "empty.txt").write_text("")
    return root


def run(root: Path, out: Path, *, workers: int = 1, **options: Any) -> AssociationSummary:
    request = AssociationRequest(out=out, tracker=TrackerConfig(), **options)
    return associate_files(find_detections(root).files, request, workers=workers)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_runs_and_workers_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    one, two = run(folder, tmp_path / "one"), run(folder, tmp_path / "two", workers=2)
    assert one.results == two.results
    assert [(result.sequence, result.frames, result.ids) for result in one.results] == [
        ("a", 50, 2),
        ("b", 40, 2),
        ("empty", 0, 0),
    ]
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {"a.txt", "b.txt", "empty.txt"}
    assert one.results[0].assumed_frame_rate


def test_a_broken_sequence_is_reported_and_the_others_are_done(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("1,-1,0,0,10,10,0.9\n\n2,-1,0,x,10,10,0.9\n")
    (folder / "c.parquet").write_text("no Parquet")
    summary = run(folder, tmp_path / "out")
    failed = summary.figures()["failed"]
    assert failed["a"] == f"{folder / 'a.txt'}:3: top is 'x', not a number"  # type: ignore[index]
    assert "c.parquet: not a readable Parquet file" in failed["c"]  # type: ignore[index]
    assert set(contents(tmp_path / "out")) == {"b.txt", "empty.txt"}


def test_parquet_in_and_out_gives_the_tracks_of_text(folder: Path, tmp_path: Path) -> None:
    parts = []
    for name in ("b", "a"):
        rows = read_text_detections(folder / f"{name}.txt")
        columns = dict(zip(("x1", "y1", "x2", "y2"), rows.xyxy.T, strict=True))
        parts.append(
            pa.table(
                {
                    "video": [name] * len(rows),
                    "frame_index": rows.frame_index,
                    "time_s": rows.frame_index / 30,
                    "score": rows.score,
                    **columns,
                }
            )
        )
    pq.write_table(pa.concat_tables(parts), tmp_path / "both.parquet")
    run(folder, tmp_path / "of_text")
    found = run(tmp_path / "both.parquet", tmp_path / "of_parquet")
    assert not any(result.assumed_frame_rate for result in found.results)
    assert contents(tmp_path / "of_text") == contents(tmp_path / "of_parquet") | {"empty.txt": b""}
    run(tmp_path / "both.parquet", tmp_path / "tracks", as_parquet=True)
    again = run(tmp_path / "tracks", tmp_path / "again")  # tracks are detections, too
    table = pq.read_table(tmp_path / "tracks" / "a.parquet")
    assert len(table) == found.results[0].rows == again.results[0].rows


def test_one_broken_video_in_a_file_does_not_harm_the_other(tmp_path: Path) -> None:
    columns = {name: [1.0, 1.0, 1.0] for name in ("x1", "y1", "x2", "y2", "score")}
    table = pa.table({"video": ["b", "a", "b"], "frame_index": [0, 0, -1], **columns})
    pq.write_table(table, tmp_path / "d.parquet")
    summary = run(tmp_path / "d.parquet", tmp_path / "out")
    assert [result.error for result in summary.results] == [
        None,
        f"{tmp_path / 'd.parquet'}, video b: row 2 (from 0): frame_index is below 0",
    ]
