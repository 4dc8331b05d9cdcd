import json
import shutil

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from mot_jobs.label import app
from mot_platform.registering import register
from mot_platform.registry import open_registry

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


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


@pytest.fixture(scope="module")
def registered(recorded_runs):
    """Return the registry below `recorded_runs` and two versions in it, the first its champion."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(recorded_runs.parent)  # whose `runs` hold the registry
        registry = open_registry()
        one, two = (register(registry, f"runs/{name}", "labels")[0] for name in ("first", "second"))
        registry.promote(one)
        yield registry, one, two


@pytest.fixture(scope="module")
def labelled(tiny_corpus, registered, tmp_path_factory, local_ray):
    """Return the command that labels three videos and a text by the champion, and what it said."""
    folder, tracker = (
        tmp_path_factory.mktemp("labelled"),
        tmp_path_factory.mktemp("settings") / "tracker.yaml",
    )
    shutil.copytree(tiny_corpus, folder / "in")
    (folder / "in" / "text.mp4").write_text("this is no video")
    tracker.write_text("{high_score: 0.3, birth_score: 0.3, min_hits: 1}")  # the weights are sure of nothing
    command = [folder / "in", "--out", folder / "out", "--tracker", tracker, "--weights"]
    return command, run(*command, "models:/labels@champion", "--workers", 1, "--json")


def test_label_reports_counts_and_dead_letters_fail_only_when_strict(labelled):
    command, first = labelled
    assert first.exit_code == 0, first.output
    summary = json.loads(first.stdout.splitlines()[-1])
    assert (summary["videos"], summary["done"], summary["dead"], summary["frames"]) == (4, 3, 1, 60)
    assert summary["rows"] > 0
    again = run(*command, "models:/labels/1", "--strict")
    assert again.exit_code == 1
    assert again.stdout.startswith("3 of 4 videos labelled, 1 dead")


def test_a_row_leads_to_the_registered_version_and_its_run(labelled, registered, recorded_runs):
    (command, _), (registry, one, two) = labelled, registered
    registry.promote(two)
    again = run(*command, "models:/labels@champion")
    assert again.exit_code == 2
    assert "was begun with model models:/labels/1" in again.stderr
    assert "not models:/labels/2" in again.stderr
    assert run(*command, "models:/labels/1").exit_code == 0
    rows = pq.read_table(command[2] / "videos").to_pylist()
    assert sorted(row["status"] for row in rows) == ["dead", "done", "done", "done"]
    assert {row["model_uri"] for row in rows} == {"models:/labels/1"}
    assert {row["model_digest"] for row in rows} == {one.digest}
    run_id = (recorded_runs / "first" / "mlflow_run_id").read_text()
    assert {row["mlflow_run_id"] for row in rows} == {run_id}
