from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from mot_platform.labelling import tracking_stage
from mot_platform.labelling.inputs import scan
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ledger import segment_units
from mot_platform.labelling.ownership import SupersededError, sole_driver
from mot_platform.labelling.perception_stage import UNIT, SegmentPerception
from mot_platform.labelling.planning import plan_video
from mot_platform.labelling.tracking_stage import TrackingTask, VideoTracking
from mot_platform.provenance import Provenance

PROVENANCE = Provenance(model_uri="w", model_digest="m", config_digest="c", code_version="1")


@pytest.fixture
def layout(tmp_path):
    layout = OutputLayout(tmp_path / "out")
    layout.create()
    with sole_driver(layout.work, "now"):
        yield layout


@pytest.fixture
def task(videos, layout, engine_module):
    """Return a video with all its segments staged."""
    file = scan(str(videos)).files[0]
    plan = plan_video(file, segment_s=0.5, warmup_frames=3, max_attempts=1)
    units = segment_units(plan, "m")
    stage = SegmentPerception(engine_module.FakeEngineFactory(), layout, batch_frames=8, max_attempts=1)
    for unit in units:
        stage({"unit": UNIT.dump_json(unit).decode()})
    return TrackingTask(plan=plan, unit_ids=tuple(unit.unit_id for unit in units), unit_id="unit", attempts=0)


def make_stage(layout, factory, epoch="now"):
    return VideoTracking(factory, layout, PROVENANCE, min_action_score=0.05, epoch=epoch)


def test_tracks_and_then_the_video_are_committed(layout, task, engine_module, monkeypatch):
    receipt = make_stage(layout, engine_module.FakeEngineFactory()).label(task)
    rows = pq.read_table(layout.tracks_file("a.mp4"))
    (video,) = pq.read_table(layout.video_file("a.mp4")).to_pylist()
    assert (receipt.frames, receipt.rows) == (75, rows.num_rows)
    assert (video["frames"], video["num_rows"], video["attempts"]) == (75, rows.num_rows, 1)
    assert video["num_tracks"] == len(rows["track_id"].unique())
    assert video["cpu_seconds"] > 0
    monkeypatch.setattr(tracking_stage, "ROWS_PER_GROUP", 10)
    make_stage(layout, engine_module.FakeEngineFactory()).label(task)
    assert pq.read_metadata(layout.tracks_file("a.mp4")).num_row_groups > 3
    assert pq.read_table(layout.tracks_file("a.mp4")).equals(rows)


def test_failing_identity_is_told_and_commits_nothing(layout, task, engine_module):
    receipt = make_stage(layout, engine_module.FakeEngineFactory(fail=True)).label(task)
    assert (receipt.failure.stage, receipt.failure.error_type) == ("track", "ZeroDivisionError")
    assert receipt.failure.message == "frame 0: no identity today"
    assert not list(layout.tracks.iterdir())
    assert not list(layout.videos.iterdir())


def test_worker_of_an_earlier_driver_commits_nothing(layout, task, engine_module):
    with pytest.raises(SupersededError):
        make_stage(layout, engine_module.FakeEngineFactory(), epoch="before").label(task)
    assert not list(layout.tracks.iterdir())


def test_missing_detections_are_a_fault_of_the_job(layout, task, engine_module):
    with pytest.raises(FileNotFoundError):
        make_stage(layout, engine_module.FakeEngineFactory()).label(replace(task, unit_ids=("lost",)))
