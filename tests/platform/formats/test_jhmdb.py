"""Text files of actions, one per frame."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.formats import jhmdb
from mot_platform.formats.action_rows import ActionRows
from mot_platform.formats.jhmdb import CLASS_NAMES, read_frame_files

NAMES = {name: number for number, name in enumerate(CLASS_NAMES["jhmdb"], start=1)}


def _read(path: Path, *, scored: bool = False) -> ActionRows:
    return read_frame_files(path, scored=scored, class_ids=NAMES)


def test_boxes_of_a_folder_contain_their_last_pixel(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a_b_00001.txt").write_text("3 0.5 1 2 3.5 4\n\nwave 0.25 0 0 9 9\n")
    (tmp_path / "below" / "c_00012.txt").write_text("")
    (tmp_path / "readme.md").write_text("not read")
    rows = _read(tmp_path, scored=True)
    assert rows.videos == ("a_b", "c")
    assert (rows.video.tolist(), rows.frame.tolist(), rows.action_id.tolist()) == ([0, 0], [1, 1], [3, 21])
    assert rows.xyxy.tolist() == [[1, 2, 4.5, 5], [0, 0, 10, 10]]
    assert (rows.score.tolist(), rows.person_id.tolist()) == ([0.5, 0.25], [-1, -1])
    assert (rows.empty_video.tolist(), rows.empty_frame.tolist()) == ([1], [12])


def test_zip_is_read_but_for_what_a_mac_adds(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "gt.zip", "w") as archive:
        archive.writestr("top/a_00002.txt", "1 0 0 9 9\n")
        archive.writestr("top/a_00001.txt", "1 0 0 9 9\n")
        archive.writestr("__MACOSX/top/._a_00001.txt", b"\x00\x05")
        archive.writestr("top/.DS_Store", b"\x00")
    assert _read(tmp_path / "gt.zip").frame.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("3 1 2 3", "4 words; expected class x1 y1 x2 y2", id="short"),
        pytest.param("3 1 2 x 4", "could not convert string to float: 'x'", id="text"),
        pytest.param("3 1 2 nan 4", "a number is not finite", id="nan"),
        pytest.param("3 1 2 1_0 4", "a number has an underscore", id="underscore"),
        pytest.param("3 1 2 1e300 4", "a box reaches beyond 1000000 px", id="absurd box"),
        pytest.param("99999 1 2 3 4", "class '99999' is not known", id="absurd class"),
        pytest.param("3 5 2 4 4", "x2 or y2 lies before x1 or y1", id="inverted"),
        pytest.param("hop 1 2 3 4", "class 'hop' is not known; give a list", id="class"),
    ],
)
def test_bad_line_is_named_by_file_and_line(tmp_path: Path, line: str, problem: str) -> None:
    with zipfile.ZipFile(tmp_path / "gt.zip", "w") as archive:
        archive.writestr("a_00001.txt", f"1 0 0 9 9\n{line}\n")
    with pytest.raises(InputError, match=r"gt.zip/a_00001.txt:2: ") as caught:
        _read(tmp_path / "gt.zip")
    assert problem in str(caught.value)


def test_what_is_no_such_folder_or_zip_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("stray", "none", "twice/b"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "stray" / "classes.txt").write_text("walk")
    for name in ("a_00001.txt", "b/a_00001.txt"):
        (tmp_path / "twice" / name).write_text("")
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a_00001.txt", "1 0 0 9 9\n" * 200_000)
    with zipfile.ZipFile(tmp_path / "torn.zip", "w") as archive:
        archive.writestr("a_00001.txt", "1 0 0 9 9\n")
    torn = (tmp_path / "torn.zip").read_bytes().replace(b"1 0 0", b"1 9 0")
    (tmp_path / "torn.zip").write_bytes(torn)
    with zipfile.ZipFile(tmp_path / "bent.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a_00001.txt", "".join(f"1 0 0 {side} {side}\n" for side in range(50)))
    bent = bytearray((tmp_path / "bent.zip").read_bytes())
    bent[60:64] = b"\xff\xff\xff\xff"
    (tmp_path / "bent.zip").write_bytes(bent)
    for path, problem in {
        tmp_path / "stray": "classes.txt: not named",
        tmp_path / "twice": "frame 1 of a is there twice",
        tmp_path / "none": "no text files in it",
        tmp_path / "UCF101v2-GT.pkl": "can run code; .* one text file per frame",
        tmp_path / "stray" / "classes.txt": "neither a folder nor a zip",
        tmp_path / "big.zip": "big.zip/a_00001.txt: 1 MiB is no text file of one frame",
        tmp_path / "torn.zip": "torn.zip/a_00001.txt: cannot be unpacked: Bad CRC",
        tmp_path / "bent.zip": "bent.zip/a_00001.txt: cannot be unpacked: Error -3",
    }.items():
        with pytest.raises(InputError, match=problem):
            _read(path)
    monkeypatch.setattr(jhmdb, "_MAX_TOTAL_BYTES", 1 << 20)
    with pytest.raises(InputError, match="of text; unpack it"):
        _read(tmp_path / "big.zip")


@pytest.mark.real_data
def test_ground_truth_of_jhmdb_names_its_classes(shared_data: Path) -> None:
    rows = _read(shared_data / "ava" / "jhmdb_groundtruths_split1" / "groundtruths_jhmdb.zip")
    assert (len(rows), len(rows.videos)) == (9126, 268)
    for video, action in zip(rows.video.tolist(), rows.action_id.tolist(), strict=True):
        assert rows.videos[video].startswith(CLASS_NAMES["jhmdb"][action - 1] + "_")
