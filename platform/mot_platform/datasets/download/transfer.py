"""One file on its way from one address: what to ask, what to do with the answer, when it is whole."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from mot_platform.datasets.download.answers import Body, FetchError, NothingMore, UnfitError, read_answer
from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.checksums import file_checksum
from mot_platform.datasets.download.hosts import Hosts
from mot_platform.datasets.download.part_file import Origin, PartFile
from mot_platform.datasets.download.progress import ProgressMeter
from mot_platform.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A file that has arrived."""

    origin: Origin
    size_bytes: int
    checksum: str
    """SHA-256."""
    received_bytes: int
    """Bytes of bodies that this took, in this process."""


@dataclass(slots=True)
class Transfer:
    """What is under way of one file from one address; `step` until it is whole, then `finish`."""

    client: httpx.Client
    file: RemoteFile
    url: str
    part: PartFile
    meter: ProgressMeter
    hosts: Hosts
    begin_anew: bool = False
    """Whether the rest alone is of no use."""
    end_unsure: bool = False
    """Whether the file may be whole: nobody told its length, and the connection has ended."""
    received_bytes: int = 0

    def step(self) -> bool:
        """Ask once, and return whether the file is whole now."""
        known = None if self.begin_anew else self._known()
        offset = 0 if known is None else self.part.size_bytes
        if known is not None and offset == known.total_bytes:
            return True
        with self._ask(offset, known) as response:
            if self.end_unsure and offset > 0 and self._ends_here(response):
                return True
            try:
                answer = read_answer(response, url=self.url, offset=offset, known=known)
            except UnfitError:
                self.begin_anew = True
                raise
            if isinstance(answer, NothingMore):
                return True
            return self._receive(response, answer, known)

    def finish(self) -> Fetched:
        """Check the whole file and put it in its place."""
        size = self.part.size_bytes
        self.meter.checking()
        origin = self.part.origin() or Origin(url=self.url)
        checksum = file_checksum(self.part.path)
        wanted = self.file.checksum or origin.checksum
        got = checksum if wanted is None else file_checksum(self.part.path, like=wanted)
        if wanted is not None and got != wanted:
            self.part.discard()
            raise FetchError(f"{self.file.name} has a wrong checksum: expected {wanted}, got {got}; removed")
        self.part.finish()
        return Fetched(origin=origin, size_bytes=size, checksum=checksum, received_bytes=self.received_bytes)

    def _known(self) -> Origin | None:
        """Return whose bytes are here, None if they can't be gone on with from this address."""
        known, size = self.part.origin(), self.part.size_bytes
        if known is None or size == 0 or (known.total_bytes is not None and size > known.total_bytes):
            return None
        if known.url == self.url:
            return known
        # Of another mirror: only a checksum tells in the end whether it was the same file.
        return Origin(url=self.url, total_bytes=known.total_bytes) if self.file.checksum else None

    def _ask(self, offset: int, known: Origin | None) -> AbstractContextManager[httpx.Response]:
        """Ask for the bytes from `offset` on."""
        headers = {"Accept-Encoding": "identity"}
        if offset > 0:
            headers["Range"] = f"bytes={offset}-"
        if offset > 0 and known is not None and known.validator is not None:
            headers["If-Range"] = known.validator
        return self.client.stream("GET", self.url, headers=headers)

    def _receive(self, response: httpx.Response, answer: Body, known: Origin | None) -> bool:
        """Write a body to the file, and return whether the file is whole then."""
        total = answer.origin.total_bytes
        if total is None and known is not None and answer.first_byte > 0:
            total = known.total_bytes
        self._check_room(answer.first_byte, total)
        if answer.first_byte == 0:
            self.part.begin(answer.origin)
            self.begin_anew = False
        self.end_unsure = False
        size = answer.first_byte
        for new_size in self._written(response):
            self.received_bytes += new_size - size
            size = new_size
            self.meter.at(size, total)
            self.hosts.pause(0)
        self.end_unsure = total is None and answer.ends_by_closing
        if total is None:
            return not self.end_unsure
        if size > total:
            self.begin_anew = True
            raise UnfitError(f"sends more than the {total} bytes that it promised")
        return size == total

    def _written(self, response: httpx.Response) -> Iterator[int]:
        """Yield the size of the file after each chunk of a body."""
        try:
            yield from self.part.append(response.iter_raw())
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise InputError(
                f"{self.part.path}: the disk is full; free some space and run the same command, which goes on"
            ) from error

    def _check_room(self, offset: int, total: int | None) -> None:
        """Refuse what can't fit before it begins; what an archive holds takes at least its size once more."""
        folder = self.part.target.parent
        folder.mkdir(parents=True, exist_ok=True)
        room = shutil.disk_usage(folder).free + (self.part.size_bytes if offset == 0 else 0)
        if total is None:
            return
        needed = total - offset + (0 if self.file.unpack_into is None else total)
        if needed > room:
            unpacked = "" if self.file.unpack_into is None else " and be unpacked"
            raise InputError(
                f"{self.part.target}: no room: {needed:,} bytes to come{unpacked}, {room:,} free; "
                "free some space or choose another folder"
            )

    def _ends_here(self, response: httpx.Response) -> bool:
        """Return whether the answer to a request for more says that there is none, or tells nothing.

        A server that can't send parts answers with the whole again; then the end is believed.
        """
        size = self.part.size_bytes
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return response.headers.get("Content-Range") in (None, f"bytes */{size}")
        length = response.headers.get("Content-Length")
        return response.status_code == HTTPStatus.OK and length in (None, str(size))
