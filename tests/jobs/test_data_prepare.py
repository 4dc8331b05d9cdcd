from __future__ import annotations

import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mot_jobs.data import app
from mot_platform.datasets.index import is_index


@pytest.fixture
def broken(tiny_corpus: Path, tmp_path: Path) -> Path:
    """Return a folder of sequences with a bad row and a missing video."""
    root = shutil.copytree(tiny_corpus, tmp_path / "sequences")
    with (root / "synth-5-0001" / "gt" / "gt.txt").open("a") as file:
        file.write("3,9,-500,-500,20,20,1,1,1\n")
    (root / "synth-5-0000" / "synth-5-0000.mp4").unlink()
    return root


@pytest.fixture
def mirror(tiny_corpus: Path, tmp_path: Path) -> Iterator[str]:
    """Return the address of a server that has the tiny corpus as MOT17.zip."""
    served = tmp_path / "served"
    served.mkdir()
    with zipfile.ZipFile(served / "MOT17.zip", "w") as archive:
        for path in sorted(tiny_corpus.glob("synth-*/**/*")):
            archive.write(path, Path("MOT17/train", path.relative_to(tiny_corpus)))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(served)))
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def run(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of `data prepare`."""
    result = CliRunner().invoke(app, ["prepare", *map(str, arguments), "--workers", "1"])
    return result.exit_code, result.stdout, result.stderr


def test_a_data_set_is_indexed_and_summed_up(tiny_corpus: Path, tmp_path: Path) -> None:
    code, out, err = run("mot17", "--root", tiny_corpus, "--index", tmp_path / "index", "--strict")
    assert code == 0, err
    assert f"in {tmp_path / 'index'} as mot17, digest" in out
    assert is_index(tmp_path / "index")


def test_what_is_wrong_is_a_table_and_fails_only_if_strict(broken: Path, tmp_path: Path) -> None:
    arguments = ("mot17", "--root", broken, "--index", tmp_path / "index")
    code, out, _ = run(*arguments)
    assert code == 0
    assert "synth-5-0001/gt/gt.txt:" in out
    assert "outside the image" in out
    assert "videos that are not ready" in out
    assert run(*arguments, "--strict")[0] == 1


def test_a_check_leaves_no_index_but_a_sheet(broken: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("mot17", "--root", broken, "--check")
    assert code == 0
    assert "no index was written" in out
    assert "pictures: mot17-check.jpg" in err
    assert (tmp_path / "mot17-check.jpg").is_file()
    assert not is_index(broken / "index")


def test_the_last_line_can_be_read_by_programs(broken: Path, tmp_path: Path) -> None:
    _, out, _ = run("mot17", "--root", broken, "--index", tmp_path / "index", "--json")
    prepared = json.loads(out.splitlines()[-1])
    assert prepared["source"]["videos"] == {"ready": 2, "missing": 1}
    assert prepared["is_sound"] is False
    assert prepared["index"] == str(tmp_path / "index")


def test_bad_usage_is_one_line_and_status_2(tmp_path: Path) -> None:
    code, _, err = run("mot17", "--root", tmp_path / "nowhere")
    assert code == 2
    assert err.strip().splitlines() == [
        f"error: {tmp_path / 'nowhere'}: no such folder; put the data set there, "
        "or have it fetched with --download"
    ]


def test_a_download_is_fetched_unpacked_and_indexed_and_the_second_time_only_indexed(
    mirror: str, tmp_path: Path
) -> None:
    arguments = ("mot17", "--root", tmp_path / "mot17", "--download", "--mirror", mirror, "--json")
    code, out, err = run(*arguments)
    assert code == 0, err
    first = json.loads(out.splitlines()[-1])
    assert first["source"]["videos"] == {"ready": 3}
    assert first["download"]["num_unpacked"] > 0
    assert "fetch MOT17.zip: done" in err
    second = json.loads(run(*arguments)[1].splitlines()[-1])
    assert second["download"]["files"][0]["received_bytes"] == 0
    assert second["digest"] == first["digest"]


def test_what_can_not_be_had_ends_with_one_line_and_status_1(mirror: str, tmp_path: Path) -> None:
    code, _, err = run("mot20", "--root", tmp_path / "mot20", "--download", "--mirror", mirror)
    assert code == 1
    assert err.splitlines()[-1].startswith("error: MOT20.zip: not fetched: ")
    assert "404" in err.splitlines()[-1]
