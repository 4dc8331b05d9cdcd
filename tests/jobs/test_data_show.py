from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.data import app
from mot_platform.datasets.index import write_source
from mot_platform.datasets.reading import ReadRequest, read_source


@pytest.fixture
def index(tiny_corpus: Path, tmp_path: Path) -> Path:
    """Return an index of the tiny corpus."""
    source, _ = read_source(ReadRequest(kind="custom", root=tiny_corpus, name="tiny", split="all:val"))
    write_source(tmp_path / "index", source)
    return tmp_path / "index"


def test_everything_in_an_index_is_shown(index: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.jpg"
    result = CliRunner().invoke(app, ["show", str(index), "--sheet", str(sheet)])
    assert result.exit_code == 0, result.output
    assert "boxes, ids, actions" in result.stdout
    assert "tiny: boxes by action" in result.stdout
    assert "schema version 1" in result.stdout
    assert sheet.is_file()


def test_the_last_line_can_be_read_by_programs(index: Path) -> None:
    result = CliRunner().invoke(app, ["show", str(index), "--json"])
    (source,) = json.loads(result.stdout.splitlines()[-1])["sources"]
    assert source["videos"] == {"ready": 3}
    assert source["frames"] == source["labelled_frames"] == 60
    assert source["splits"][0]["split"] == "val"


def test_a_folder_that_is_no_index_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["show", str(tmp_path)])
    assert result.exit_code == 2
    assert f"{tmp_path}: no index of data sets" in result.stderr
