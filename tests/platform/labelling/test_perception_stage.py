import errno
import os
from dataclasses import replace

import numpy as np
import pytest

from mot_platform.labelling import perception_stage
from mot_platform.labelling.detection_store import read_cost, read_detections
from mot_platform.labelling.inputs import scan
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ledger import segment_units
from mot_platform.labelling.perception_stage import FAILURE, RECEIPT, UNIT, SegmentPerception
from mot_platform.labelling.planning import plan_video


@pytest.fixture
def layout(tmp_path):
    layout = OutputLayout(tmp_path / "out")
    layout.create()
    return layout


def units_of(videos, segment_s):
    file = scan(str(videos)).files[0]
    plan = plan_video(file, segment_s=segment_s, warmup_frames=3, max_attempts=1)
    return segment_units(plan, "model")


def run(stage, unit):
    return RECEIPT.validate_json(stage({"unit": UNIT.dump_json(unit).decode()})["receipt"])


def make_stage(layout, factory, **changes):
    return SegmentPerception(factory, layout, **({"batch_frames": 4, "max_attempts": 3} | changes))


def test_segments_give_the_detections_of_the_whole(videos, layout, engine_module):
    stage = make_stage(layout, engine_module.FakeEngineFactory())
    found = []
    for segment_s in (1e5, 0.3):
        units = units_of(videos, segment_s)
        assert all(run(stage, unit).status == "done" for unit in units)
        parts = [layout.detections_file(unit.unit_id) for unit in units]
        assert sum(read_cost(part).num_frames for part in parts) == 75
        found.append([detections for part in parts for detections in read_detections(part)])
    assert [d.frame_index for d in found[0]] == [d.frame_index for d in found[1]] == list(range(75))
    for whole, piece in zip(*found, strict=True):
        np.testing.assert_array_equal(whole.xyxy, piece.xyxy)
        np.testing.assert_array_equal(whole.action_feature, piece.action_feature)


def test_staged_unit_is_not_run_again(videos, layout, engine_module, tmp_path):
    log = tmp_path / "log"
    stage = make_stage(layout, engine_module.FakeEngineFactory(log=log))
    (unit,) = units_of(videos, 1e5)
    run(stage, unit)
    size = log.stat().st_size
    assert run(stage, unit).status == "done"
    assert log.stat().st_size == size


def test_missing_file_is_recorded_and_stages_nothing(videos, layout, engine_module):
    stage = make_stage(layout, engine_module.FakeEngineFactory())
    (unit,) = units_of(videos, 1e5)
    gone = replace(unit, segment=replace(unit.segment, uri="/nowhere.mp4"))
    receipt = run(stage, gone)
    assert receipt.status == "dead"
    assert receipt.failure.retriable
    assert receipt.failure.message.startswith("0 of 75 frames decoded, then ")
    assert FAILURE.validate_json(layout.failure_file(unit.unit_id).read_bytes()) == receipt.failure
    assert not list(layout.detections.iterdir())
    assert not list(layout.scratch.iterdir())


def test_transient_fault_is_retried_by_the_stage(videos, layout, engine_module, monkeypatch):
    monkeypatch.setattr(perception_stage, "RETRY_PAUSE_S", 0.0)
    real, faults = perception_stage.decode_segment, [OSError(errno.EIO, "disk")]

    def flaky(*args, **kwargs):
        if faults:
            raise faults.pop()
        return real(*args, **kwargs)

    monkeypatch.setattr(perception_stage, "decode_segment", flaky)
    (unit,) = units_of(videos, 1e5)
    assert run(make_stage(layout, engine_module.FakeEngineFactory()), unit).status == "done"
    assert read_cost(layout.detections_file(unit.unit_id)).attempts == 2


def test_unit_that_kills_its_workers_is_given_up(videos, layout, engine_module):
    (unit,) = units_of(videos, 1e5)
    (layout.attempts / unit.unit_id).write_bytes(b"...")  # three workers began it, none came back
    receipt = run(make_stage(layout, engine_module.FakeEngineFactory()), unit)
    assert receipt.status == "dead"
    assert (receipt.failure.error_type, receipt.failure.attempts) == ("WorkerDiedError", 3)
    assert receipt.failure.retriable


def test_output_that_cannot_be_written_is_not_the_fault_of_the_video(videos, layout, engine_module):
    stage = make_stage(layout, engine_module.FakeEngineFactory())
    os.rmdir(layout.scratch)
    (unit,) = units_of(videos, 1e5)
    assert run(stage, unit).status == "not written"
    assert not list(layout.failures.iterdir())
