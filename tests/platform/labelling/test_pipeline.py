from dataclasses import replace

import pyarrow.dataset as ds
import pytest

from mot_platform.labelling.inputs import scan
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ownership import sole_driver
from mot_platform.labelling.pipeline import Pipeline
from mot_platform.labelling.planning import plan_video
from mot_platform.labelling.progress import Silence, Tally
from mot_platform.labelling.settings import LabelConfig
from mot_platform.provenance import Provenance

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]


def test_planned_videos_and_their_copies_end_in_rows(local_ray, videos, engine_module, tmp_path):
    layout = OutputLayout(tmp_path / "out")
    layout.create()
    original = scan(str(videos)).files[0]
    files = [original, replace(original, video="copy of a.mp4")]
    plans = {file.video: plan_video(file, segment_s=0.5, warmup_frames=3, max_attempts=1) for file in files}
    tally = Tally(num_videos=2)
    with sole_driver(layout.work, "now"):
        Pipeline(
            config=LabelConfig(),
            engine_factory=engine_module.FakeEngineFactory(),
            layout=layout,
            provenance=Provenance(model_uri="w", model_digest="m", config_digest="c", code_version="1"),
            epoch="now",
            records={},
            tally=tally,
            display=Silence(),
        ).run(plans, num_workers=1)
    assert (tally.done, tally.dead, tally.frames, tally.frames_left) == (2, 0, 75, 0)  # perceived once
    assert ds.dataset(layout.tracks, format="parquet").count_rows() == tally.rows > 0
