from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.dataset_folder import DatasetFolder
from mot_platform.datasets.download.part_file import Origin
from mot_platform.datasets.download.transfer import Fetched

FILE = RemoteFile(name="sub/a.txt", urls=("http://h/a.txt",), mirror_path="a.txt")
ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    return DatasetFolder(tmp_path)


def test_an_absent_file_must_be_fetched_unless_its_product_is_there(folder) -> None:
    assert folder.look(FILE) is None
    (folder.root / "clip.mkv").touch()
    assert folder.look(replace(FILE, replaced_by="clip.mkv")).status == "there"


def test_a_file_of_the_user_is_taken_if_its_checksum_is_right_or_unknown(folder) -> None:
    (folder.root / FILE.name).write_bytes(b"abc")
    wrong = folder.look(replace(FILE, checksum="sha256:" + "0" * 64))
    assert (wrong.status, ABC in wrong.reason) == ("failed", True)
    assert folder.look(replace(FILE, checksum=ABC)).status == "there"
    assert folder.look(FILE).size_bytes == 3


def test_a_fetched_file_is_known_by_size_and_time_and_else_by_its_content(folder) -> None:
    path = folder.root / FILE.name
    path.write_bytes(b"abc")
    folder.take_in(
        FILE, Fetched(origin=Origin(url="http://h/a.txt"), size_bytes=3, checksum=ABC, received_bytes=3)
    )
    assert folder.look(FILE).status == "there"
    os.utime(path, ns=(1, 1))
    assert DatasetFolder(folder.root).look(FILE).status == "there"
    path.write_bytes(b"abd")
    assert folder.look(FILE).status == "failed"
    assert folder.set_aside(FILE).read_bytes() == b"abd"
    assert folder.look(FILE) is None
