"""Whole data sets from a server with the official layouts, through faults, kills and second calls."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mot_platform.datasets.download.downloading import download_dataset, unpack_dataset
from mot_platform.datasets.download.progress import FileProgress
from mot_platform.errors import InputError

VIDEOS = ("-5KQ66BBWC4.mkv", "1j20qq1JyX4.mp4", "gone_12345.webm", "_-Z6wFjXtGQ.mkv")


def tree(root: Path) -> dict[str, bytes]:
    """Return every file below `root` but the receipt."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "download.json"
    }


@pytest.fixture
def mot17(site, make_zip, mot17_tree):
    site.files["/MOT17.zip"] = make_zip(mot17_tree)
    return site


@pytest.fixture
def ava(site, make_zip):
    for version, names in (("2.2", ""), ("2.1", "ava_v2.1/")):
        site.files[f"/annotations/ava_v{version}.zip"] = make_zip(
            {
                f"{names}ava_{part}_v{version}.csv": f"{part},{version}".encode()
                for part in ("train", "val", "train_excluded_timestamps", "val_excluded_timestamps")
            }
        )
    site.files["/annotations/ava_file_names_trainval_v2.1.txt"] = "\r\n".join(VIDEOS).encode()
    for number, name in enumerate(VIDEOS):
        if not name.startswith("gone"):
            site.files[f"/trainval/{name}"] = random.Random(number).randbytes(200_000)
    return site


def test_mot17_comes_whole_and_the_second_call_asks_for_nothing(
    tmp_path, mot17, mot17_tree, patience
) -> None:
    report = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert [file.name for file in report.fetched] == ["MOT17.zip"]
    assert report.num_unpacked == len(mot17_tree)
    assert {name: content for name, content in tree(tmp_path).items() if name != "MOT17.zip"} == mot17_tree
    mot17.requests.clear()
    again = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert [file.name for file in again.already_there] == ["MOT17.zip"]
    assert (mot17.requests, again.num_unpacked, again.received_bytes) == ([], 0, 0)


def test_faults_leave_no_trace_in_the_tree_and_waste_nothing(tmp_path, ava, patience) -> None:
    clean = download_dataset("ava", tmp_path / "clean", mirror=ava.url, patience=patience)
    sent_cleanly = {path: ava.sent(path) for path in ava.files}
    ava.requests.clear()
    ava.misbehave(f"/trainval/{VIDEOS[0]}", drop_after=70_000)
    ava.misbehave(f"/trainval/{VIDEOS[0]}", drop_after=70_000)
    ava.misbehave(f"/trainval/{VIDEOS[1]}", status=503, headers={"Retry-After": "0"})
    ava.misbehave(f"/trainval/{VIDEOS[3]}", length_error=500)
    ava.misbehave("/annotations/ava_v2.2.zip", drop_after=40)
    ava.misbehave("/annotations/ava_v2.1.zip", no_length=True, drop_after=40)
    faulty = download_dataset("ava", tmp_path / "faulty", mirror=ava.url, patience=patience)
    assert tree(tmp_path / "faulty") == tree(tmp_path / "clean")
    assert {path: ava.sent(path) for path in ava.files} == sent_cleanly
    assert faulty.received_bytes == clean.received_bytes == sum(map(len, ava.files.values()))


def test_videos_that_are_gone_are_rows_and_hinder_nothing(tmp_path, ava, patience) -> None:
    report = download_dataset("ava", tmp_path, mirror=ava.url, patience=patience)
    assert [(file.name, file.required) for file in report.failed] == [("videos/gone_12345.webm", False)]
    assert "HTTP 404" in report.failed[0].reason
    assert report.usable
    assert {path.name for path in (tmp_path / "videos").iterdir()} == set(VIDEOS) - {"gone_12345.webm"}
    names = {path.name for path in (tmp_path / "annotations").iterdir()}
    assert {"ava_train_v2.2.csv", "ava_val_excluded_timestamps_v2.1.csv"} <= names


def test_a_clip_that_was_cut_replaces_its_movie(tmp_path, ava, patience) -> None:
    download_dataset("ava", tmp_path, mirror=ava.url, patience=patience)
    (tmp_path / "videos" / VIDEOS[1]).unlink()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/1j20qq1JyX4.mkv").write_bytes(b"clip")
    ava.requests.clear()
    download_dataset("ava", tmp_path, mirror=ava.url, patience=patience)
    assert ava.asked == ["/trainval/gone_12345.webm"]


def test_without_annotations_the_data_set_is_of_no_use(tmp_path, site, patience) -> None:
    report = download_dataset("ava", tmp_path, mirror=site.url, patience=patience)
    assert not report.usable
    assert len(report.failed) == 3


def test_a_cut_short_archive_is_set_aside_and_fetched_again(tmp_path, mot17, mot17_tree, patience) -> None:
    mot17.misbehave("/MOT17.zip", length_error=-5000)
    report = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert "cut short" in report.failed[0].reason
    assert (tmp_path / "MOT17.zip.bad").is_file()
    again = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert again.num_unpacked == len(mot17_tree)


def test_a_file_that_was_changed_since_is_neither_used_nor_overwritten(tmp_path, mot17, patience) -> None:
    download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    content = bytearray((tmp_path / "MOT17.zip").read_bytes())
    content[100] ^= 1
    (tmp_path / "MOT17.zip").write_bytes(content)
    report = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert "was fetched; remove it to have it fetched again" in report.failed[0].reason
    assert (tmp_path / "MOT17.zip").read_bytes() == content


def test_an_archive_may_go_once_it_is_unpacked(tmp_path, mot17, patience) -> None:
    download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    (tmp_path / "MOT17.zip").unlink()
    mot17.requests.clear()
    report = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert (len(report.already_there), mot17.requests) == (1, [])


def test_a_killed_process_goes_on_where_it_was(tmp_path, mot17, mot17_tree, patience) -> None:
    whole = len(mot17.files["/MOT17.zip"])
    hold = threading.Event()
    mot17.misbehave("/MOT17.zip", drop_after=150_000, hold=hold)
    code = (
        "import sys; from pathlib import Path; "
        "from mot_platform.datasets.download.downloading import download_dataset as d; "
        "d('mot17', Path(sys.argv[1]), mirror=sys.argv[2])"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), mot17.url])
    try:
        part = tmp_path / "MOT17.zip.part"
        while not part.exists() or part.stat().st_size < 150_000:
            assert child.poll() is None
            time.sleep(0.01)
        with pytest.raises(InputError, match="another download works there"):
            download_dataset("mot17", tmp_path, mirror=mot17.url)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        hold.set()
    report = download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)
    assert report.received_bytes == whole - 150_000
    assert mot17.sent("/MOT17.zip") == whole
    assert {name: content for name, content in tree(tmp_path).items() if name != "MOT17.zip"} == mot17_tree


def test_a_full_disk_is_one_line_and_stops_all(tmp_path, ava, patience) -> None:
    ava.misbehave(f"/trainval/{VIDEOS[0]}", length_error=10**17)
    with pytest.raises(InputError, match="no room") as caught:
        download_dataset("ava", tmp_path, mirror=ava.url, patience=patience)
    assert "\n" not in str(caught.value)


def test_progress_tells_of_every_file_up_to_its_end(tmp_path, ava, patience) -> None:
    events: list[FileProgress] = []
    download_dataset("ava", tmp_path, mirror=ava.url, progress=events.append, patience=patience)
    ends = {event.name: event for event in events if event.action == "fetch" and event.state != "running"}
    assert ends["videos/gone_12345.webm"].state == "failed"
    done = ends[f"videos/{VIDEOS[0]}"]
    assert (done.state, done.done_bytes, done.total_bytes, done.num_files) == ("done", 200_000, 200_000, 7)
    assert {e.name for e in events if e.action == "unpack"} == {"ava_v2.1.zip", "ava_v2.2.zip"}


def test_what_the_user_put_there_is_unpacked_without_a_network(tmp_path, mot17, mot17_tree) -> None:
    (tmp_path / "MOT17.zip").write_bytes(mot17.files["/MOT17.zip"])
    report = unpack_dataset("mot17", tmp_path)
    assert report.num_unpacked == len(mot17_tree)
    assert unpack_dataset("mot17", tmp_path).num_unpacked == 0
    assert json.loads((tmp_path / "download.json").read_text())["files"]["MOT17.zip"]["url"] is None
    assert mot17.requests == []


def test_what_cannot_be_written_is_one_line(tmp_path, mot17, patience) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file: File exists"):
        download_dataset("mot17", tmp_path / "file", mirror=mot17.url)
    (tmp_path / "MOT17").write_text("in the way")
    with pytest.raises(InputError, match=r"MOT17.*: (File exists|Not a directory)"):
        download_dataset("mot17", tmp_path, mirror=mot17.url, patience=patience)


@pytest.mark.parametrize("mirror", ["ftp://host/", "host/data", "http://"])
def test_an_address_that_is_none_is_refused(tmp_path, mirror) -> None:
    with pytest.raises(InputError, match="not the address of a mirror"):
        download_dataset("mot17", tmp_path, mirror=mirror)
