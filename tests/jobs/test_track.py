"""`mot-action track`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.track import app
from mot_platform.corpus import read_corpus

runner = CliRunner()


def test_a_video_is_tracked_into_text(tiny_corpus: Path, untrained_weights: Path, tmp_path: Path) -> None:
    video = read_corpus(tiny_corpus)[0].uri
    out = tmp_path / "t.txt"
    result = runner.invoke(app, [video, "--weights", str(untrained_weights), "--mot", str(out), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["frames"] == 20
    assert out.is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["none.mp4", "--weights", "WEIGHTS"], "none.mp4", id="no source"),
        pytest.param(["VIDEO", "--weights", "none"], "none: no weights there", id="no weights"),
        pytest.param(
            ["VIDEO", "--weights", "WEIGHTS", "--mot", "no/t.txt"], "no such folder", id="no folder"
        ),
        pytest.param(["VIDEO", "--weights", "WEIGHTS", "--tracker", "no.yaml"], "no.yaml", id="no settings"),
    ],
)
def test_bad_input_exits_with_2_and_one_line(
    tiny_corpus: Path, untrained_weights: Path, arguments: list[str], said: str
) -> None:
    names = {"VIDEO": read_corpus(tiny_corpus)[0].uri, "WEIGHTS": str(untrained_weights)}
    result = runner.invoke(app, [names.get(argument, argument) for argument in arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.strip().count("\n") == 0
