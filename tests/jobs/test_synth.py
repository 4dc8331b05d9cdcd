import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from mot_jobs.synth import synth

APP = typer.Typer()
APP.command()(synth)
SMALL = ["--videos", "1", "--seconds", "0.4", "--size", "160x96", "--workers", "1"]


def test_corpus_is_written_and_reported(tmp_path: Path) -> None:
    result = CliRunner().invoke(APP, [str(tmp_path / "out"), *SMALL, "--json"])
    assert result.exit_code == 0
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["videos_written"] == 1
    assert report["frames"] == 5
    assert (tmp_path / "out" / "corpus.json").is_file()


def test_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(APP, [str(tmp_path / "file" / "out"), *SMALL])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "can not be written" in result.stderr


def test_a_corpus_that_can_not_be_finished_ends_with_one_line_and_status_1(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert CliRunner().invoke(APP, [str(out), *SMALL]).exit_code == 0
    (out / "ava.csv").unlink()
    (out / "ava.csv").mkdir()
    result = CliRunner().invoke(APP, [str(out), *SMALL])
    assert result.exit_code == 1
    assert "the same command goes on from here" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--size", "wide"], id="size is no size"),
        pytest.param(["--videos", "0"], id="no videos"),
        pytest.param(["--difficulty", "brutal"], id="unknown difficulty"),
        pytest.param(["--workers", "-1"], id="negative workers"),
    ],
)
def test_bad_input_ends_with_one_line_and_status_2(tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(APP, [str(tmp_path / "out"), *SMALL, *options])
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
