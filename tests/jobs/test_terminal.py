"""Errors are one line and an exit code."""

from __future__ import annotations

import json

import pytest
import typer

from mot_jobs.terminal import one_line_errors, print_json, print_markdown
from mot_platform.errors import InputError, MediaOpenError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(InputError("a.yaml: unknown key"), 2, id="bad input"),
        pytest.param(ValueError("steps must be\n  positive"), 2, id="bad value"),
        pytest.param(MediaOpenError("a.mp4", "gone", "open", True), 1, id="media"),
        pytest.param(OSError("disk full"), 1, id="system"),
    ],
)
def test_an_error_is_one_line_with_its_exit_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, one_line_errors():
        raise error
    assert caught.value.exit_code == code
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("error: ")
    assert written.err.count("\n") == 1


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(KeyError), one_line_errors():
        raise KeyError("bug")


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": 1, "b": {"c": [1, 2]}})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"a": 1, "b": {"c": [1, 2]}}


def test_markdown_in_a_pipe_stays_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    print_markdown("# nano\n\n| a | b |")
    assert capsys.readouterr().out == "# nano\n\n| a | b |\n"
