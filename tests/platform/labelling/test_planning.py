import errno

import pytest

from mot_platform.labelling import planning
from mot_platform.labelling.failures import StageError
from mot_platform.labelling.inputs import scan
from mot_platform.labelling.planning import attempt, load_plan, plan_video, save_plan


def plan_of(folder, video, **changes):
    file = next(file for file in scan(str(folder)).files if file.video == video)
    return plan_video(file, **({"segment_s": 0.5, "warmup_frames": 3, "max_attempts": 1} | changes))


def test_plan_covers_every_frame_once(videos):
    plan = plan_of(videos, "a.mp4")
    assert plan.failure is None
    assert (plan.num_frames, plan.width_px, plan.height_px, plan.codec) == (75, 64, 48, "h264")
    covered = [i for segment in plan.segments for i in range(segment.start_frame, segment.stop_frame)]
    assert covered == list(range(75))
    assert len(plan.segments) > 2


def test_plan_comes_back_from_disk_and_a_strange_file_is_no_plan(videos, tmp_path):
    for plan in (plan_of(videos, "a.mp4"), plan_of(videos, "deep/c.mkv", segment_s=100.0)):
        save_plan(plan, tmp_path / "plan.json", scratch=tmp_path)
        assert load_plan(tmp_path / "plan.json") == plan
    (tmp_path / "plan.json").write_text("{}")
    assert load_plan(tmp_path / "plan.json") is None
    assert load_plan(tmp_path / "missing.json") is None


def test_file_that_is_no_video_has_a_digest_and_a_failure(tmp_path):
    (tmp_path / "text.mp4").write_text("this is no video")
    plan = plan_of(tmp_path, "text.mp4")
    assert plan.content_digest is not None
    assert plan.failure.error_type == "NotAVideoError"
    assert not plan.failure.retriable
    assert plan.segments == ()


def test_transient_errors_are_met_again_and_others_are_not(monkeypatch):
    monkeypatch.setattr(planning, "RETRY_PAUSE_S", 0.0)
    errors = [OSError(errno.EIO, "disk"), TimeoutError(), None]

    def flaky():
        if error := errors.pop(0):
            raise error
        return "read"

    assert attempt(flaky, "open", max_attempts=3) == "read"
    errors += [OSError(errno.EIO, "disk")] * 2
    with pytest.raises(StageError) as caught:
        attempt(flaky, "open", max_attempts=2)
    assert (caught.value.failure.attempts, caught.value.failure.retriable) == (2, True)
    errors += [ValueError("nonsense"), None]
    with pytest.raises(StageError) as caught:
        attempt(flaky, "probe", max_attempts=3)
    assert (caught.value.failure.attempts, caught.value.failure.retriable) == (1, False)
