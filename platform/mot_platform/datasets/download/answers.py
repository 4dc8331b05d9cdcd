"""What the head of a server's answer means for a file of which some bytes may be here already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from mot_platform.datasets.download.backoff import asked_wait_s
from mot_platform.datasets.download.part_file import Origin
from mot_platform.errors import MotActionError

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_MD5 = re.compile(r"[0-9a-f]{32}")
_UNSATISFIED = re.compile(r"bytes \*/(\d+)")


class FetchError(MotActionError):
    """A file that can't be had from an address; the message says why, without the address."""


class UnreadyError(FetchError):
    """Another try may help.

    Attributes:
        wait_s: how long the server asks to wait, None if it does not say.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason, wait_s)
        self.wait_s = wait_s

    def __str__(self) -> str:
        return str(self.args[0])


class UnfitError(FetchError):
    """What the server has does not continue the bytes that are here; the file must begin anew."""


@dataclass(frozen=True, slots=True)
class Body:
    """The body of the answer belongs into the file."""

    first_byte: int
    """Where it begins in the file; 0 replaces all that is here."""
    origin: Origin
    ends_by_closing: bool
    """Whether only the end of the connection marks the end, so that a broken one looks like a whole file."""


@dataclass(frozen=True, slots=True)
class NothingMore:
    """The bytes that are here are all there are."""


def read_answer(
    response: httpx.Response, *, url: str, offset: int, known: Origin | None
) -> Body | NothingMore:
    """Return what an answer brings.

    Args:
        response: The answer; only its head is looked at.
        url: What was asked.
        offset: First byte that was asked for; 0 if the whole file was.
        known: Whose bytes the ones before `offset` are.

    Raises:
        UnfitError: if it does not continue them.
        UnreadyError: if the server is busy or broken for the moment.
        FetchError: if there is nothing to be had there.
    """
    status = response.status_code
    if status in _BUSY:
        wait_s = asked_wait_s(response.headers.get("Retry-After"))
        raise UnreadyError(f"HTTP {status} {response.reason_phrase}".strip(), wait_s)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError(f"compresses ({response.headers['Content-Encoding']}) though asked not to")
    if status == HTTPStatus.OK:
        length = response.headers.get("Content-Length")
        closing = length is None and "Transfer-Encoding" not in response.headers
        return Body(0, _origin(response, url, None if length is None else int(length)), closing)
    if status == HTTPStatus.PARTIAL_CONTENT:
        return _partial(response, url, offset, known)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and offset > 0:
        return _unsatisfied(response, url, offset, known)
    raise FetchError(f"HTTP {status} {response.reason_phrase}".strip())


def _partial(response: httpx.Response, url: str, offset: int, known: Origin | None) -> Body:
    """Return the body of a 206 if it is what was asked for."""
    content_range = response.headers.get("Content-Range", "")
    match = _CONTENT_RANGE.fullmatch(content_range)
    if match is None or int(match[1]) != offset:
        raise UnfitError(f"answers bytes from {offset} with Content-Range {content_range!r}")
    total = None if match[3] == "*" else int(match[3])
    origin = _origin(response, url, total)
    if known is not None and known.contradicts(origin):
        raise UnfitError("the file there has changed")
    return Body(offset, origin, ends_by_closing=False)


def _unsatisfied(response: httpx.Response, url: str, offset: int, known: Origin | None) -> NothingMore:
    """Return that the file is whole if a 416 says that it ends where we stand."""
    match = _UNSATISFIED.fullmatch(response.headers.get("Content-Range", ""))
    there = _origin(response, url, None)
    if match is None or int(match[1]) != offset or (known is not None and known.contradicts(there)):
        raise UnfitError("the file there is shorter than what is here")
    return NothingMore()


def _origin(response: httpx.Response, url: str, total_bytes: int | None) -> Origin:
    return Origin(
        url=url,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        total_bytes=total_bytes,
        checksum=_stated_checksum(response),
    )


def _stated_checksum(response: httpx.Response) -> str | None:
    """Return the checksum that a server states, None if it does not.

    The ETag of Amazon S3 is the MD5 of the file, unless that was uploaded in several parts (the ETag then
    has a `-`) or is encrypted by a key, which what anybody may read is not.
    Source: Amazon S3 API Reference, Object.
    """
    etag = response.headers.get("ETag", "").strip('"')
    is_md5 = response.headers.get("Server") == "AmazonS3" and _MD5.fullmatch(etag) is not None
    return f"md5:{etag}" if is_md5 else None
