from __future__ import annotations

import httpx
import pytest

from mot_platform.datasets.download.answers import (
    Body,
    FetchError,
    NothingMore,
    UnfitError,
    UnreadyError,
    read_answer,
)
from mot_platform.datasets.download.part_file import Origin

KNOWN = Origin(url="u", etag='"a"', total_bytes=1000)


def answer(status: int, **headers: str) -> Body | NothingMore:
    response = httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return read_answer(response, url="u", offset=400, known=KNOWN)


def test_a_part_that_continues_is_taken() -> None:
    body = answer(206, Content_Range="bytes 400-999/1000", ETag='"a"')
    assert body == Body(400, Origin(url="u", etag='"a"', total_bytes=1000), ends_by_closing=False)


def test_a_server_may_leave_the_total_open() -> None:
    assert isinstance(answer(206, Content_Range="bytes 400-999/*"), Body)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content_Range": "bytes 399-999/1000"}, id="another place"),
        pytest.param({"Content_Range": "bytes 400-1999/2000"}, id="another length"),
        pytest.param({"Content_Range": "bytes 400-999/1000", "ETag": '"b"'}, id="another file"),
        pytest.param({"Content_Range": "400"}, id="nonsense"),
        pytest.param({}, id="nothing said"),
    ],
)
def test_a_part_that_does_not_continue_is_unfit(headers) -> None:
    with pytest.raises(UnfitError):
        answer(206, **headers)


def test_an_answer_to_a_part_may_be_the_whole() -> None:
    assert answer(200, Content_Length="7") == Body(0, Origin(url="u", total_bytes=7), ends_by_closing=False)
    assert answer(200, Transfer_Encoding="chunked") == Body(0, Origin(url="u"), ends_by_closing=False)
    assert answer(200) == Body(0, Origin(url="u"), ends_by_closing=True)


def test_the_etag_of_amazon_s3_is_a_checksum_unless_it_came_in_parts() -> None:
    md5 = "0123456789abcdef" * 2
    for server, etag, checksum in (
        ("AmazonS3", f'"{md5}"', f"md5:{md5}"),
        ("AmazonS3", f'"{md5}-7"', None),
        ("nginx", f'"{md5}"', None),
    ):
        body = answer(200, Server=server, ETag=etag, Content_Length="7")
        assert body.origin.checksum == checksum


def test_416_means_whole_only_where_the_file_ends_here() -> None:
    assert answer(416, Content_Range="bytes */400") == NothingMore()
    for headers in ({"Content_Range": "bytes */300"}, {"Content_Range": "bytes */400", "ETag": '"b"'}, {}):
        with pytest.raises(UnfitError):
            answer(416, **headers)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_worth_another_try(status) -> None:
    with pytest.raises(UnreadyError) as caught:
        answer(status, Retry_After="7")
    assert caught.value.wait_s == 7


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410, 451])
def test_what_stays_is_not(status) -> None:
    with pytest.raises(FetchError, match=f"HTTP {status}") as caught:
        answer(status)
    assert not isinstance(caught.value, UnreadyError | UnfitError)
