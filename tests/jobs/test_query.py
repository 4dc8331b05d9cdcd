"""`mot-action query`, as far as it goes without an endpoint; with one, see test_querying.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.query import app
from mot_platform.corpus import read_corpus

runner = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["none.mp4", "--url", "http://127.0.0.1:9"], "none.mp4: no such file", id="no source"),
        pytest.param(["VIDEO", "--url", "http://127.0.0.1:9"], "cannot be reached", id="nobody there"),
        pytest.param(["VIDEO", "--url", "127.0.0.1:9"], "not the address of an endpoint", id="no address"),
        pytest.param(["VIDEO", "--url", "http://h", "--session", "a/b"], "a name is 1 to 64", id="session"),
        pytest.param(["VIDEO", "--url", "http://h", "--out", "a.avi"], "a.avi: give one file", id="ending"),
        pytest.param(["VIDEO", "--url", "http://h", "--token-file", "no"], "no: can't read", id="no token"),
    ],
)
def test_bad_input_exits_with_2_and_one_line(tiny_corpus: Path, arguments: list[str], said: str) -> None:
    video = read_corpus(tiny_corpus)[0].uri
    result = runner.invoke(app, [video if argument == "VIDEO" else argument for argument in arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.strip().count("\n") == 0
