import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import ray

from mot_platform.errors import InputError
from mot_platform.labelling.job import label_folder
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ownership import FolderBusyError, sole_driver
from mot_platform.labelling.settings import LabelConfig, LabelRequest
from mot_platform.schema import TRACKS_SCHEMA, VIDEOS_SCHEMA

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]  # Ray warns of its own internals

IN_ONE_PIECE = LabelConfig(segment_seconds=1e5, workers=1)
IN_MANY_PIECES = LabelConfig(segment_seconds=0.5, workers=2, batch_frames=5)


def request(folder, out, **changes):
    settings = {
        "folder": str(folder),
        "out": out,
        "model_uri": "fake",
        "model_digest": "f" * 64,
        "tracker_settings": {"reach_px": 3.0},
        "config": IN_MANY_PIECES,
        "mlflow_run_id": "run1",
    }
    return LabelRequest(**(settings | changes))


def read(folder):
    """Return all rows below `folder`, in the order of the contract."""
    table = ds.dataset(folder, format="parquet").to_table()
    keys = [name for name in ("video", "frame_index", "track_id") if name in table.column_names]
    return table.sort_by([(name, "ascending") for name in keys])


def video_rows(out):
    return {row["video"]: row for row in read(out / "videos").to_pylist()}


def inodes(folder):
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


@pytest.fixture(scope="module")
def reference(local_ray, videos, engine_module, tmp_path_factory):
    """Return the output of labelling `videos` in one piece by one worker, never interrupted."""
    out = tmp_path_factory.mktemp("reference") / "out"
    summary = label_folder(request(videos, out, config=IN_ONE_PIECE), engine_module.FakeEngineFactory())
    assert (summary.videos, summary.done, summary.dead, summary.ignored) == (4, 4, 0, 1)
    assert summary.frames == 75 + 60 + 50 + 30
    return out


def test_output_follows_the_contract(reference):
    rows = read(reference / "tracks")
    for file in (reference / "tracks").iterdir():
        assert pq.read_schema(file).equals(TRACKS_SCHEMA, check_metadata=True)
    assert rows.num_rows > 100
    assert [row["name"] for row in rows["actions"][0].as_py()] == ["stand", "walk"]
    videos = video_rows(reference)
    assert {name: row["frames"] for name, row in videos.items()} == {
        "a.mp4": 75,
        "deep/b.mp4": 60,
        "deep/c.mkv": 50,
        "nothing.mp4": 30,
    }
    nothing = videos["nothing.mp4"]
    assert (nothing["status"], nothing["num_rows"], nothing["num_tracks"]) == ("done", 0, 0)
    assert sum(row["num_rows"] for row in videos.values()) == rows.num_rows


def test_every_row_names_its_maker(reference):
    for row in video_rows(reference).values():
        assert row["model_digest"] == "f" * 64
        assert (row["model_uri"], row["mlflow_run_id"]) == ("fake", "run1")
        assert len(row["config_digest"]) == 64
        assert row["code_version"]
    units = read(reference / "tracks").group_by("video").aggregate([("unit_id", "count_distinct")])
    assert units["unit_id_count_distinct"].to_pylist() == [1, 1, 1]


def test_duckdb_and_pandas_read_the_output(reference):
    rows = read(reference / "tracks")
    with duckdb.connect() as connection:
        query = (
            f"select count(*), count(distinct video), max(len(actions)) from '{reference}/tracks/*.parquet'"
        )
        assert connection.sql(query).fetchall() == [(rows.num_rows, 3, 2)]
        joined = f"select count(*) from '{reference}/videos/*.parquet' where status = 'done'"
        assert connection.sql(joined).fetchall() == [(4,)]
    frame = pd.read_parquet(reference / "tracks")
    assert list(frame.columns) == TRACKS_SCHEMA.names
    assert len(frame) == rows.num_rows


def test_rows_depend_neither_on_segments_nor_batches_nor_workers_nor_on_the_death_of_one(
    reference, local_ray, videos, engine_module, tmp_path
):
    killed = tmp_path / "killed"
    factory = engine_module.FakeEngineFactory(die_once=killed, pause_s=0.002)
    summary = label_folder(request(videos, tmp_path / "out"), factory)
    assert killed.exists()
    assert summary.dead == 0
    assert len(list(OutputLayout(tmp_path / "out").detections.iterdir())) > 8
    assert read(tmp_path / "out" / "tracks").equals(read(reference / "tracks"))
    assert max(row["attempts"] for row in video_rows(tmp_path / "out").values()) == 2


def start_driver(folder, out):
    """Start a label job as a process of its own, on the Ray of these tests."""
    script, address = Path(__file__).parent / "drill_driver.py", ray.get_runtime_context().gcs_address
    command = [sys.executable, str(script), str(folder), str(out), address, "0.02"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def kill_when(driver, condition):
    """SIGKILL `driver` at a random moment after `condition` holds; its workers outlive it for a moment."""
    while not condition():
        assert driver.poll() is None, "the driver ended before it could be killed"
        time.sleep(0.02)
    time.sleep(random.random() * 0.3)
    driver.kill()
    driver.wait()


def test_killed_drivers_change_no_row_and_no_finished_work_is_redone(
    reference, local_ray, videos, engine_module, tmp_path
):
    out = OutputLayout(tmp_path / "out")
    expected = read(reference / "tracks")
    moments = [
        lambda: out.detections.is_dir() and len(list(out.detections.iterdir())) >= 2,
        lambda: len(list(out.videos.iterdir())) >= 1,
    ]
    finished: dict[str, int] = {}
    for moment in moments:
        kill_when(start_driver(videos, out.root), moment)
        assert finished.items() <= inodes(out.detections).items()
        finished = inodes(out.detections)
        for file in out.tracks.iterdir():  # what is visible is complete
            rows = pq.read_table(file)
            wanted = [name in set(rows["video"].to_pylist()) for name in expected["video"].to_pylist()]
            assert rows.equals(expected.filter(pa.array(wanted)))
    committed = inodes(out.videos)
    resumed = label_folder(request(videos, out.root), engine_module.FakeEngineFactory())
    assert resumed.done == 4
    assert resumed.settled_before == len(committed) >= 1
    assert finished.items() <= inodes(out.detections).items()
    assert committed.items() <= inodes(out.videos).items()
    assert read(out.tracks).equals(expected)
    assert not list(out.scratch.iterdir())


def test_second_run_does_nothing(reference, videos, engine_module, tmp_path):
    out = shutil.copytree(reference, tmp_path / "out")
    before = inodes(out / "tracks") | inodes(out / "videos")

    def never():
        raise AssertionError("loaded the engine with nothing to do")

    again = label_folder(request(videos, out), never)
    assert (again.done, again.settled_before, again.frames, again.rows) == (4, 4, 0, 0)
    assert inodes(out / "tracks") | inodes(out / "videos") == before


def test_retrack_uses_staged_detections_and_replaces_all_tracks(
    reference, local_ray, videos, engine_module, tmp_path
):
    out = shutil.copytree(reference, tmp_path / "out")
    wide = {"reach_px": 50.0}
    with pytest.raises(InputError, match="--retrack"):
        label_folder(request(videos, out, tracker_settings=wide), engine_module.FakeEngineFactory())
    log = tmp_path / "log"
    factory = engine_module.FakeEngineFactory(reach_px=50.0, log=log)
    summary = label_folder(request(videos, out, tracker_settings=wide, retrack=True), factory)
    assert summary.done == 4
    assert not log.exists()  # the network did not run
    old, new = read(reference / "tracks"), read(out / "tracks")
    assert new.num_rows == old.num_rows
    assert new.column("x1").equals(old.column("x1"))
    assert len(new.column("track_id").unique()) < len(old.column("track_id").unique())
    digests = {row["config_digest"] for row in video_rows(out).values()}
    assert len(digests) == 1
    assert digests.isdisjoint(row["config_digest"] for row in video_rows(reference).values())


def test_retrack_without_detections_changes_nothing(reference, videos, engine_module, tmp_path):
    out = shutil.copytree(reference, tmp_path / "out")
    next(OutputLayout(out).detections.iterdir()).unlink()
    wanted = request(videos, out, tracker_settings={"reach_px": 50.0}, retrack=True)
    with pytest.raises(InputError, match="lacks staged detections"):
        label_folder(wanted, engine_module.FakeEngineFactory())
    label_folder(request(videos, out), engine_module.FakeEngineFactory())
    assert read(out / "tracks").equals(read(reference / "tracks"))


def test_output_of_another_job_is_refused(reference, videos, engine_module, tmp_path):
    factory = engine_module.FakeEngineFactory()
    with pytest.raises(InputError, match="begun with model"):
        label_folder(request(videos, reference, model_digest="0" * 64), factory)
    with pytest.raises(InputError, match="holds labels of"):
        label_folder(request(videos / "deep", reference), factory)
    with pytest.raises(InputError, match="no labels to retrack"):
        label_folder(request(videos, tmp_path / "new", retrack=True), factory)
    assert not (tmp_path / "new").exists()
    with sole_driver(reference / "_work", "other"), pytest.raises(FolderBusyError, match="in use by"):
        label_folder(request(videos, reference), factory)


def break_video(source, target):
    """Copy a video with the last two fifths of its picture data overwritten, its index intact."""
    data = bytearray(source.read_bytes())
    start = data.index(b"mdat") + 4
    stop = data.index(b"moov")
    middle = start + (stop - start) * 3 // 5
    data[middle:stop] = bytes(stop - middle)
    target.write_bytes(data)


def test_every_bad_input_ends_as_a_dead_letter(local_ray, videos, engine_module, tmp_path):
    folder, out = tmp_path / "folder", tmp_path / "out"
    folder.mkdir()
    shutil.copy(videos / "a.mp4", folder / "good.mp4")
    break_video(videos / "a.mp4", folder / "broken.mp4")
    (folder / "text.mp4").write_text("this is no video")
    (folder / "empty.mp4").touch()
    (folder / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    os.mkfifo(folder / "pipe.mp4")
    config = LabelConfig(segment_seconds=0.5, workers=1)
    factory = engine_module.FakeEngineFactory()
    summary = label_folder(request(folder, out, config=config), factory)
    assert (summary.videos, summary.done, summary.dead) == (6, 1, 5)
    rows = video_rows(out)
    assert {name: row["error_stage"] for name, row in rows.items()} == {
        "good.mp4": None,
        "broken.mp4": "decode",
        "text.mp4": "open",
        "empty.mp4": "open",
        "gone.mp4": "open",
        "pipe.mp4": "open",
    }
    assert {name for name, row in rows.items() if row["retriable"]} == {"gone.mp4"}
    assert "of 75 frames decoded, then " in rows["broken.mp4"]["error"]
    assert all(row["error_type"] and row["error"] for row in rows.values() if row["status"] == "dead")
    assert set(read(out / "tracks")["video"].to_pylist()) == {"good.mp4"}
    assert read(out / "videos").schema.equals(VIDEOS_SCHEMA)

    shutil.copy(videos / "deep" / "b.mp4", tmp_path / "nowhere.mp4")
    (folder / "good.mp4").touch()  # the same bytes: nothing to do again
    shutil.copy(videos / "deep" / "b.mp4", folder / "text.mp4")  # other bytes: a new video
    again = label_folder(request(folder, out, config=config, retry_dead=True), factory)
    assert (again.done, again.dead, again.frames) == (3, 3, 60)
    attempts = {name: row["attempts"] for name, row in video_rows(out).items()}
    assert attempts == dict.fromkeys(rows, 2) | {"good.mp4": 1, "gone.mp4": 1, "text.mp4": 1}


@pytest.mark.parametrize("name", [pytest.param("missing", id="missing"), pytest.param("none", id="no video")])
def test_folder_without_videos_leaves_no_output(name, engine_module, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match=name):
        label_folder(request(tmp_path / name, tmp_path / "out"), engine_module.FakeEngineFactory())
    assert not (tmp_path / "out").exists()
