from __future__ import annotations

import pytest

from mot_platform.datasets.download.receipt import Receipt, ReceiptEntry
from mot_platform.errors import InputError

ENTRY = ReceiptEntry(
    url="http://h/a",
    size_bytes=3,
    checksum="sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    modified_ns=1,
    fetched_at="2026-01-01T00:00:00+00:00",
    unpacked=("MOT17",),
)


def test_a_receipt_comes_back_as_it_was_written(tmp_path) -> None:
    Receipt(tmp_path).record("a", ENTRY)
    assert Receipt(tmp_path).entry("a") == ENTRY
    Receipt(tmp_path).forget("a")
    assert Receipt(tmp_path).entry("a") is None


def test_a_change_is_told(tmp_path) -> None:
    receipt = Receipt(tmp_path)
    receipt.record("a", ENTRY)
    for content, change in ((b"abc", None), (b"abd", "is sha256:"), (b"abcd", "has 4 bytes, 3 were fetched")):
        (tmp_path / "a").write_bytes(content)
        told = receipt.change_of("a")
        assert told is None if change is None else change in told


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2}', '{"version": 1, "files": {"a": {"url": 1}}}'])
def test_what_is_no_receipt_is_one_line(tmp_path, text) -> None:
    (tmp_path / "download.json").write_text(text)
    with pytest.raises(InputError, match=r"download.json: .*remove it to begin anew"):
        Receipt(tmp_path)
