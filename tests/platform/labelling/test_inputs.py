import os

import pytest

from mot_platform.errors import InputError
from mot_platform.labelling.inputs import scan


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "videos"
    (root / "deep").mkdir(parents=True)
    for name in ("b.mp4", "deep/a.MKV", "deep/notes.txt", "c.avi.part"):
        (root / name).write_text(name)
    return root


def names(listing):
    return [file.video for file in listing.files]


def test_videos_are_found_by_extension_and_the_rest_is_counted(folder):
    listing = scan(str(folder))
    assert names(listing) == ["b.mp4", "deep/a.MKV"]
    assert listing.num_ignored == 2
    assert listing.files[0].size_bytes == 5


@pytest.mark.parametrize(
    ("glob", "found"), [("*.txt", ["deep/notes.txt"]), ("deep/*", ["deep/a.MKV", "deep/notes.txt"])]
)
def test_glob_says_otherwise(folder, glob, found):
    assert names(scan(str(folder), glob=glob)) == found


def test_url_is_scanned_like_a_folder(folder):
    listing = scan(folder.as_uri())
    assert names(listing) == ["b.mp4", "deep/a.MKV"]
    assert listing.num_ignored == 2


def test_stamp_changes_with_the_file(folder):
    before = scan(str(folder)).files[0].stamp
    (folder / "b.mp4").write_text("other")
    os.utime(folder / "b.mp4", ns=(1, 1))
    assert scan(str(folder)).files[0].stamp != before


def test_links_are_followed_and_loops_end(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "far.mp4").touch()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "deep" / "up").symlink_to(folder)
    assert names(scan(str(folder))) == ["b.mp4", "deep/a.MKV", "link/far.mp4"]


def test_what_cannot_be_opened_is_listed_with_its_reason(folder):
    (folder / "gone.mp4").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.mp4")
    (folder / os.fsdecode(b"\xff.mp4")).touch()
    failed = {file.video: file.failure for file in scan(str(folder)).files if file.failure}
    assert {name: failure.error_type for name, failure in failed.items()} == {
        "gone.mp4": "FileNotFoundError",
        "pipe.mp4": "OSError",
        "\\xff.mp4": "OSError",
    }
    assert all(failure.stage == "open" for failure in failed.values())


def test_output_below_the_input_is_left_out(folder):
    (folder / "out").mkdir()
    (folder / "out" / "tracks.mp4").touch()
    assert "out/tracks.mp4" not in names(scan(str(folder), exclude=folder / "out"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing", "does not exist"), ("file", "is not a folder"), ("empty", r"no video file .*1 other")],
)
def test_folder_without_inputs_is_refused(tmp_path, name, message):
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").touch()
    with pytest.raises(InputError, match=message):
        scan(str(tmp_path / name))
