"""Single steps; what a sequence of them makes of a faulty server is tested with `Fetcher`."""

from __future__ import annotations

import httpx
import pytest

from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.hosts import Hosts
from mot_platform.datasets.download.part_file import Origin, PartFile
from mot_platform.datasets.download.progress import ProgressMeter
from mot_platform.datasets.download.transfer import Transfer


@pytest.fixture
def transfer(site, tmp_path):
    site.files["/a"] = b"0123456789"
    url = f"{site.url}/a"
    with httpx.Client() as client:
        yield Transfer(
            client=client,
            file=RemoteFile(name="a", urls=(url,), mirror_path="a"),
            url=url,
            part=PartFile(tmp_path / "a"),
            meter=ProgressMeter(None, name="a", action="fetch"),
            hosts=Hosts(),
        )


def begin(transfer: Transfer, content: bytes, **origin) -> None:
    transfer.part.begin(Origin(url=transfer.url, **origin))
    list(transfer.part.append([content]))


def test_a_part_that_is_whole_already_asks_for_nothing(transfer, site) -> None:
    begin(transfer, b"0123456789", total_bytes=10)
    assert transfer.step()
    assert site.requests == []


def test_a_whole_part_of_unknown_length_asks_and_hears_416(transfer, site) -> None:
    begin(transfer, b"0123456789", etag=site.etag("/a"))
    assert transfer.step()
    assert [(request.range, request.status) for request in site.requests] == [("bytes=10-", 416)]
    assert transfer.finish().received_bytes == 0


def test_a_part_without_validators_goes_on_if_the_length_is_right(transfer, site) -> None:
    begin(transfer, b"01234", total_bytes=10)
    assert transfer.step()
    assert (transfer.part.path.read_bytes(), site.sent("/a")) == (b"0123456789", 5)


def test_a_part_that_is_longer_than_its_file_begins_anew(transfer, site) -> None:
    begin(transfer, b"0123456789abc", total_bytes=10)
    assert transfer.step()
    assert (transfer.part.path.read_bytes(), site.requests[0].range) == (b"0123456789", None)


def test_bytes_of_nobody_begin_anew(transfer, site) -> None:
    transfer.part.path.write_bytes(b"abc")
    assert transfer.step()
    assert transfer.part.path.read_bytes() == b"0123456789"


def test_an_end_that_a_server_without_parts_cannot_confirm_is_believed(transfer, site) -> None:
    site.without_ranges = True
    site.misbehave("/a", no_length=True)
    assert not transfer.step()
    assert transfer.step()
    assert transfer.part.path.read_bytes() == b"0123456789"
