from __future__ import annotations

import shutil
import stat
import zipfile

import pytest

from mot_platform.datasets.download.unpacking import BadArchiveError, unpack
from mot_platform.errors import InputError


@pytest.fixture
def archive(tmp_path, make_zip, mot17_tree):
    path = tmp_path / "MOT17.zip"
    path.write_bytes(make_zip(mot17_tree))
    return path


def tree(root) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_an_archive_becomes_its_tree_and_only_what_is_missing_is_written_again(
    tmp_path, archive, mot17_tree
) -> None:
    out, events = tmp_path / "out", []
    first = unpack(archive, out, progress=events.append)
    assert (first.num_written, first.top_names) == (len(mot17_tree), ("MOT17",))
    assert tree(out) == mot17_tree
    assert (events[-1].state, events[-1].done_bytes) == ("done", sum(map(len, mot17_tree.values())))
    image = out / "MOT17/train/MOT17-02-DPM/img1/000002.jpg"
    image.write_bytes(image.read_bytes()[:100])  # as a kill of another tool leaves it
    (out / "MOT17/train/MOT17-02-SDP/gt/gt.txt").unlink()
    (out / "MOT17/train/MOT17-02-SDP/gt/gt.txt.unpacking").write_text("as a kill of ours leaves it")
    assert unpack(archive, out).num_written == 2
    assert tree(out) == mot17_tree


def test_an_archive_that_is_cut_short_says_so(tmp_path, archive) -> None:
    content = archive.read_bytes()
    for size in (len(content) // 2, len(content) - 10):
        archive.write_bytes(content[:size])
        with pytest.raises(BadArchiveError, match=f"cut short: its end is not in its {size:,} bytes"):
            unpack(archive, tmp_path / "out")
    archive.write_bytes(b"<html>not here</html>")
    with pytest.raises(BadArchiveError, match="not a zip archive"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_never_appears_but_those_before_it_stay(tmp_path, archive, mot17_tree) -> None:
    with zipfile.ZipFile(archive) as content:
        victim = content.infolist()[4]
    damaged = bytearray(archive.read_bytes())
    damaged[victim.header_offset + 5000] ^= 255
    archive.write_bytes(damaged)
    with pytest.raises(BadArchiveError, match=r"MOT17.zip: damaged"):
        unpack(archive, tmp_path / "out")
    names = list(mot17_tree)
    assert sorted(tree(tmp_path / "out")) == sorted(names[: names.index(victim.filename)])


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:/evil.txt", "..\\evil.txt"]
)
def test_a_name_outside_the_folder_refuses_the_archive(tmp_path, make_zip, name) -> None:
    (tmp_path / "a.zip").write_bytes(make_zip({"good.txt": b"1", name: b"2"}))
    with pytest.raises(BadArchiveError, match="refused"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_links_and_names_that_come_twice_refuse_the_archive(tmp_path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a/x", "1")
        archive.writestr("b/x", "2")
    with pytest.raises(BadArchiveError, match="a link"):
        unpack(tmp_path / "link.zip", tmp_path / "out")
    assert unpack(tmp_path / "twice.zip", tmp_path / "out").num_files == 2
    with pytest.raises(BadArchiveError, match="twice"):
        unpack(tmp_path / "twice.zip", tmp_path / "flat", flat=True)


def test_a_file_that_is_larger_than_declared_is_refused(tmp_path, make_zip) -> None:
    content = make_zip({"bomb": b"\0" * 100_000})
    small = content.replace((100_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert small != content
    (tmp_path / "a.zip").write_bytes(small)
    with pytest.raises(BadArchiveError, match="damaged"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert not tree(tmp_path / "out")


def test_flat_leaves_folders_out(tmp_path, make_zip) -> None:
    (tmp_path / "a.zip").write_bytes(make_zip({"ava_v2.1/train.csv": b"1", "val.csv": b"2"}))
    assert unpack(tmp_path / "a.zip", tmp_path / "out", flat=True).top_names == ("train.csv", "val.csv")


def test_too_little_room_is_told_before_anything_is_written(tmp_path, archive, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 9))
    with pytest.raises(InputError, match=r"no room to unpack it: 270,\d+ bytes to come, 9 free"):
        unpack(archive, tmp_path / "out")
    assert not tree(tmp_path / "out")
