from __future__ import annotations

import pytest

from mot_platform.datasets.download.checksums import file_checksum


def test_checksums_of_both_kinds(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_checksum(tmp_path / "a", like="md5:" + "0" * 32) == "md5:900150983cd24fb0d6963f7d28e17f72"
    assert file_checksum(tmp_path / "a").startswith("sha256:ba7816bf8f01cfea")


@pytest.mark.parametrize("like", ["crc:1", "sha256:12", "md5:" + "0" * 64])
def test_what_is_no_checksum_is_refused(tmp_path, like) -> None:
    with pytest.raises(ValueError, match="checksum must be"):
        file_checksum(tmp_path, like=like)
