import json

import pytest
from typer.testing import CliRunner

from mot_jobs.label import app

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_label_reports_counts_and_dead_letters_fail_only_when_strict(
    tiny_corpus, untrained_weights, tmp_path
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
