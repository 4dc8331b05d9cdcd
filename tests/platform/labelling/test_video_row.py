import pyarrow.parquet as pq
import pytest

from mot_platform.labelling.failures import Failure
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ownership import sole_driver
from mot_platform.labelling.planning import VideoPlan
from mot_platform.labelling.video_row import LabelCounts, commit_row, dead_row, done_row
from mot_platform.provenance import Provenance

PLAN = VideoPlan(video="a.mp4", uri="/x/a.mp4", size_bytes=9, stamp="s", segment_s=1.0, warmup_frames=3)
PROVENANCE = Provenance(
    model_uri="w", model_digest="m", config_digest="c", code_version="1", mlflow_run_id="r"
)
COUNTS = LabelCounts(frames=3, num_tracks=2, num_rows=5, cpu_seconds=0.5, wall_seconds=1.0)
FAILURE = Failure(stage="decode", error_type="VideoDecodeError", message="bad", retriable=False)


@pytest.fixture
def layout(tmp_path):
    layout = OutputLayout(tmp_path)
    layout.create()
    with sole_driver(layout.work, "now"):
        yield layout


def test_dead_letter_replaces_a_done_row_and_takes_its_tracks_away(layout):
    layout.tracks_file("a.mp4").write_text("tracks of the file as it was")
    commit_row(done_row(PLAN, PROVENANCE, COUNTS, attempts=1), layout, epoch="now")
    (row,) = pq.read_table(layout.video_file("a.mp4")).to_pylist()
    assert (row["status"], row["num_rows"], row["error"]) == ("done", 5, None)
    assert layout.tracks_file("a.mp4").exists()
    commit_row(dead_row(PLAN, PROVENANCE, FAILURE, attempts=4), layout, epoch="now")
    (row,) = pq.read_table(layout.video_file("a.mp4")).to_pylist()
    assert (row["status"], row["error_stage"], row["error"], row["attempts"]) == ("dead", "decode", "bad", 4)
    assert (row["model_digest"], row["mlflow_run_id"]) == ("m", "r")
    assert not layout.tracks_file("a.mp4").exists()
