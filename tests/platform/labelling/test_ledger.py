from dataclasses import replace
from fractions import Fraction

import pytest

from mot_model.structures import VideoSegment
from mot_platform.labelling.failures import Failure
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ledger import (
    Backlog,
    VideoRecord,
    committed_records,
    forgive,
    segment_units,
    video_unit_id,
)
from mot_platform.labelling.perception_stage import FAILURE
from mot_platform.labelling.planning import VideoPlan, save_plan
from mot_platform.provenance import Provenance

PROVENANCE = Provenance(model_uri="w", model_digest="m", config_digest="c", code_version="1")
BAD = Failure(stage="decode", error_type="VideoDecodeError", message="bad", retriable=False)


def make_plan(video, digest, num_segments=2):
    segments = tuple(
        VideoSegment(
            video=video,
            uri=video,
            start_frame=i * 10,
            stop_frame=i * 10 + 10,
            warmup_frames=0,
            start_pts=None,
            stop_pts=None,
            time_base=Fraction(1, 30),
        )
        for i in range(num_segments)
    )
    return VideoPlan(
        video=video,
        uri=video,
        size_bytes=1,
        stamp="s",
        segment_s=1.0,
        warmup_frames=0,
        content_digest=digest,
        num_frames=num_segments * 10,
        segments=segments,
    )


@pytest.fixture
def layout(tmp_path):
    layout = OutputLayout(tmp_path)
    layout.create()
    return layout


def backlog_of(layout, *plans):
    return Backlog(layout, {plan.video: segment_units(plan, "m") for plan in plans})


def test_copies_share_their_segments_and_are_done_together(layout):
    backlog = backlog_of(layout, make_plan("a", "1"), make_plan("copy of a", "1"), make_plan("b", "2", 3))
    todo = [unit.unit_id for unit in backlog.todo()]
    assert len(todo) == len(set(todo)) == 5
    assert [unit.num_frames for unit in backlog.todo()] == [30, 30, 30, 20, 20]  # longest video first
    assert backlog.settle(todo[3], None) == []
    assert backlog.settle(todo[4], None) == ["a", "copy of a"]


def test_what_is_on_disk_is_not_to_do(layout):
    units = segment_units(make_plan("a", "1", 3), "m")
    layout.detections_file(units[0].unit_id).touch()
    layout.failure_file(units[2].unit_id).write_bytes(FAILURE.dump_json(BAD))
    backlog = backlog_of(layout, make_plan("a", "1", 3))
    assert [unit.unit_id for unit in backlog.todo()] == [units[1].unit_id]
    assert backlog.settled() == []
    assert backlog.settle(units[1].unit_id, None) == ["a"]
    assert backlog.failure_of("a") == BAD


def test_first_failure_of_a_video_is_the_one_that_counts(layout):
    units = segment_units(make_plan("a", "1", 3), "m")
    backlog = backlog_of(layout, make_plan("a", "1", 3))
    backlog.settle(units[2].unit_id, replace(BAD, message="late"))
    backlog.settle(units[0].unit_id, None)
    backlog.settle(units[1].unit_id, BAD)
    assert backlog.failure_of("a") == BAD


def test_forgiven_video_is_to_do_again(layout):
    plan = make_plan("a", "1")
    save_plan(plan, layout.plan_file("a"), scratch=layout.scratch)
    for unit in segment_units(plan, "m"):
        layout.failure_file(unit.unit_id).write_bytes(FAILURE.dump_json(BAD))
    assert backlog_of(layout, plan).todo() == []
    forgive(layout, "a", "m")
    assert len(backlog_of(layout, plan).todo()) == 2


def test_work_is_named_by_what_makes_it():
    plan = make_plan("a", "1")
    assert video_unit_id(plan, PROVENANCE) != video_unit_id(replace(plan, video="b"), PROVENANCE)
    assert video_unit_id(plan, PROVENANCE) != video_unit_id(plan, replace(PROVENANCE, config_digest="d"))
    assert video_unit_id(plan, PROVENANCE) == video_unit_id(plan, replace(PROVENANCE, model_uri="elsewhere"))
    assert segment_units(plan, "m")[0].unit_id != segment_units(plan, "n")[0].unit_id


def test_record_is_current_for_the_same_maker_only(layout):
    assert committed_records(layout) == {}
    done = VideoRecord(
        video="a", status="done", content_digest="1", model_digest="m", config_digest="c", attempts=1
    )
    assert done.is_current(PROVENANCE)
    assert not done.is_current(replace(PROVENANCE, config_digest="d"))
    assert replace(done, status="dead").is_current(replace(PROVENANCE, config_digest="d"))
    assert not replace(done, status="dead").is_current(replace(PROVENANCE, model_digest="n"))
