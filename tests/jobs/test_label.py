import json

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from mot_jobs.label import app
from mot_platform.registering import register
from mot_platform.registry import open_registry

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_label_reports_counts_and_dead_letters_fail_only_when_strict(
    tiny_corpus, untrained_weights, tmp_path, local_ray
):
    (tiny_corpus / "text.mp4").write_text("this is no video")
    tracker = tmp_path / "tracker.yaml"
    tracker.write_text("{high_score: 0.3, birth_score: 0.3, min_hits: 1}")  # the weights are sure of nothing
    common = [tiny_corpus, "--out", tmp_path / "out", "--weights", untrained_weights]
    common += ["--workers", 1, "--tracker", tracker]
    first = run(*common, "--json")
    assert first.exit_code == 0, first.output
    summary = json.loads(first.stdout.splitlines()[-1])
    assert (summary["videos"], summary["done"], summary["dead"], summary["frames"]) == (4, 3, 1, 60)
    assert summary["rows"] > 0
    again = run(*common, "--strict")
    assert again.exit_code == 1
    assert again.stdout.startswith("3 of 4 videos labelled, 1 dead")
    (tiny_corpus / "text.mp4").unlink()


@pytest.mark.parametrize(
    ("folder", "options", "message"),
    [
        ("missing", (), "missing does not exist"),
        ("", (), "no video file in"),
        ("", ("--workers", 0), "workers must be at least 1, got 0"),
        ("", ("--glob", "*.xyz"), r"no file matching '*.xyz' in"),
    ],
)
def test_bad_usage_exits_with_two_and_one_line(folder, options, message, untrained_weights, tmp_path):
    out = tmp_path / "out"
    done = run(tmp_path / folder, "--out", out, "--weights", untrained_weights, *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()


def test_a_row_leads_to_the_registered_version_and_its_run(
    tiny_corpus, recorded_runs, tmp_path, monkeypatch, local_ray
):
    monkeypatch.chdir(recorded_runs.parent)  # whose `runs` hold the registry
    registry = open_registry()
    one, two = (register(registry, f"runs/{name}", "labels")[0] for name in ("first", "second"))
    registry.promote(one)
    video = next(tiny_corpus.rglob("*.mp4"))
    command = [video.parent, "--out", tmp_path / "out", "--weights", "models:/labels@champion"]
    first = run(*command, "--workers", 1)
    assert first.exit_code == 0, first.output
    registry.promote(two)
    again = run(*command)
    assert again.exit_code == 2
    assert "was begun with model models:/labels/1" in again.stderr
    assert "not models:/labels/2" in again.stderr
    assert run(*command[:-1], "models:/labels/1").exit_code == 0
    (row,) = pq.read_table(tmp_path / "out" / "videos").to_pylist()
    assert row["status"] == "done"
    assert row["model_uri"] == "models:/labels/1"
    assert row["model_digest"] == one.digest
    assert row["mlflow_run_id"] == (recorded_runs / "first" / "mlflow_run_id").read_text()
