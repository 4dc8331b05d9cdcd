"""Whatever the server does: the file comes whole, and no byte twice beyond what the fault forces."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from mot_platform.datasets.download.answers import FetchError
from mot_platform.datasets.download.backoff import Patience
from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.fetching import Fetcher
from mot_platform.datasets.download.hosts import Hosts
from mot_platform.datasets.download.progress import ProgressMeter
from mot_platform.datasets.download.transfer import Fetched
from mot_platform.errors import InputError

CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)


@pytest.fixture
def server(site):
    site.files["/a.zip"] = CONTENT
    return site


def fetch(tmp_path: Path, patience: Patience, *urls: str, checksum: str | None = None) -> Fetched:
    file = RemoteFile(name="a.zip", urls=urls, mirror_path="a.zip", checksum=checksum)
    with httpx.Client(timeout=5, follow_redirects=True) as client:
        fetcher = Fetcher(client, hosts=Hosts(), patience=patience)
        return fetcher.fetch(file, tmp_path / "a.zip", ProgressMeter(None, name="a.zip", action="fetch"))


DROP: dict[str, Any] = {"drop_after": 100_000}


@pytest.mark.parametrize(
    ("faults", "wasted"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([DROP], 0, id="connection breaks"),
        pytest.param([{"drop_after": 50_000}] * 5, 0, id="breaks more often than a server may fail"),
        pytest.param([{"status": 503, "headers": {"Retry-After": "0"}}], 0, id="busy"),
        pytest.param([{"status": 429}, {"status": 500}], 0, id="busy, then broken"),
        pytest.param([DROP, {"ignore_range": True}], 100_000, id="ignores Range"),
        pytest.param([DROP, {"range_error": 7}], 300_000, id="another part than asked for"),
        pytest.param([{"length_error": 1000}], 0, id="claims more than it has"),
        pytest.param([{"no_length": True}], 0, id="tells no length"),
        pytest.param([{"no_length": True, **DROP}], 0, id="tells no length and breaks"),
        pytest.param([DROP, {"status": 416}], 100_000, id="416 that says nothing"),
    ],
)
def test_the_file_is_whole_and_nothing_comes_twice_in_vain(
    tmp_path, server, patience, faults, wasted
) -> None:
    for fault in faults:
        server.misbehave("/a.zip", **fault)
    fetched = fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert fetched.checksum == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    assert fetched.size_bytes == len(CONTENT)
    assert server.sent("/a.zip") <= len(CONTENT) + wasted
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_file_that_changes_between_two_parts_begins_anew(tmp_path, server, patience) -> None:
    server.misbehave("/a.zip", **DROP)
    with pytest.raises(FetchError, match=r"breaks off|closed"):
        fetch(tmp_path, Patience(attempts=1), f"{server.url}/a.zip")
    assert (tmp_path / "a.zip.part").stat().st_size == 100_000
    server.files["/a.zip"] = OTHER
    fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert (tmp_path / "a.zip").read_bytes() == OTHER


def test_a_server_that_sends_the_rest_of_another_file_is_noticed(tmp_path, server, patience) -> None:
    server.misbehave("/a.zip", **DROP)
    server.misbehave("/a.zip", headers={"ETag": '"another"'})
    fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert [request.range for request in server.requests] == [None, "bytes=100000-", None]


def test_the_next_mirror_has_what_the_first_lacks(tmp_path, server, patience) -> None:
    fetched = fetch(tmp_path, patience, f"{server.url}/gone.zip", f"{server.url}/a.zip")
    assert fetched.origin.url == f"{server.url}/a.zip"
    assert server.asked == ["/gone.zip", "/a.zip"]


def test_a_part_of_another_mirror_goes_on_only_where_a_checksum_will_tell(tmp_path, server, patience) -> None:
    server.files["/b/a.zip"] = CONTENT
    urls = [f"{server.url}/a.zip", f"{server.url}/b/a.zip"]
    for checksum, second in (
        (None, None),
        (f"sha256:{hashlib.sha256(CONTENT).hexdigest()}", "bytes=100000-"),
    ):
        server.requests.clear()
        server.misbehave("/a.zip", **DROP)
        server.misbehave("/a.zip", status=404)
        fetch(tmp_path, patience, *urls, checksum=checksum)
        assert server.requests[-1].range == second
        assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_a_wrong_checksum_names_file_expected_and_got(tmp_path, server, patience) -> None:
    expected = "md5:" + "0" * 32
    with pytest.raises(FetchError) as caught:
        fetch(tmp_path, patience, f"{server.url}/a.zip", checksum=expected)
    got = f"md5:{hashlib.md5(CONTENT).hexdigest()}"
    assert all(part in str(caught.value) for part in ("a.zip", expected, got))
    assert not list(tmp_path.iterdir())


def test_what_amazon_s3_states_is_checked_after_an_interruption_too(tmp_path, server, patience) -> None:
    stated = {"Server": "AmazonS3", "ETag": f'"{hashlib.md5(CONTENT).hexdigest()}"'}
    server.etags["/a.zip"] = stated["ETag"]
    server.files["/a.zip"] = CONTENT[:200_000] + OTHER[200_000:]  # something on the way changes bytes
    server.misbehave("/a.zip", headers=stated, **DROP)
    with pytest.raises(FetchError, match=f"wrong checksum: expected md5:{stated['ETag'][1:-1]}, got md5:"):
        fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert not list(tmp_path.iterdir())


def test_a_file_that_nobody_has_says_what_each_answered(tmp_path, server, patience) -> None:
    server.misbehave("/b.zip", status=403)
    with pytest.raises(FetchError, match=r"gone.zip: HTTP 404 .*; .*b.zip: HTTP 403"):
        fetch(tmp_path, patience, f"{server.url}/gone.zip", f"{server.url}/b.zip")


def test_a_server_that_never_recovers_is_given_up(tmp_path, server, patience) -> None:
    for _ in range(9):
        server.misbehave("/a.zip", status=503)
    with pytest.raises(FetchError, match=r"HTTP 503 .* gave up, tries: 3"):
        fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert len(server.requests) == 3


def test_nobody_waits_longer_than_patience_has(tmp_path, server, patience) -> None:
    server.misbehave("/a.zip", status=503, headers={"Retry-After": "86400"})
    with pytest.raises(FetchError, match="asks to wait for 86400 s"):
        fetch(tmp_path, patience, f"{server.url}/a.zip")


def test_after_one_file_has_waited_for_a_host_in_vain_others_try_once(tmp_path, patience) -> None:
    told: list[str] = []
    file = RemoteFile(name="a", urls=("http://127.0.0.1:9/a",), mirror_path="a")
    with httpx.Client() as client:
        fetcher = Fetcher(client, hosts=Hosts(), patience=patience)
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                fetcher.fetch(file, tmp_path / "a", ProgressMeter(None, name="a", action="fetch"))
            told.append(str(caught.value))
    assert [reason[-8:] for reason in told] == ["tries: 3", "tries: 1"]


def test_a_compressed_answer_is_refused(tmp_path, server, patience) -> None:
    server.misbehave("/a.zip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="compresses"):
        fetch(tmp_path, patience, f"{server.url}/a.zip")


def test_a_file_that_cannot_fit_is_refused_before_it_begins(tmp_path, server, patience) -> None:
    server.misbehave("/a.zip", length_error=10**17)
    with pytest.raises(InputError, match=r"a.zip: no room: 100,000,000,000,300,000 bytes to come"):
        fetch(tmp_path, patience, f"{server.url}/a.zip")
    assert not list(tmp_path.iterdir())
