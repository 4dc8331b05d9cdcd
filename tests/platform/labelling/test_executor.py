import os

import pytest

from mot_platform.labelling import executor
from mot_platform.labelling.executor import plan_videos
from mot_platform.labelling.inputs import scan
from mot_platform.labelling.planning import plan_video

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]

SETTINGS = {"segment_s": 0.5, "warmup_frames": 3, "max_attempts": 2}


def test_plans_of_all_files_come_back(local_ray, videos):
    files = scan(str(videos)).files
    plans = {plan.video: plan for plan in plan_videos(files, num_parallel=2, **SETTINGS)}
    assert plans == {file.video: plan_video(file, **SETTINGS) for file in files}


def test_file_that_kills_every_prober_is_a_failure_of_its_own(local_ray, videos, monkeypatch):
    def deadly(file, **_):
        os._exit(1)

    monkeypatch.setattr(executor, "plan_video", deadly)
    (plan,) = plan_videos(scan(str(videos)).files[:1], num_parallel=1, **SETTINGS)
    assert (plan.failure.stage, plan.failure.error_type) == ("probe", "WorkerCrashedError")
    assert (plan.failure.retriable, plan.failure.attempts) == (True, 2)
