"""A real HTTP server on this machine that serves the official layouts, and misbehaves on request."""

from __future__ import annotations

import hashlib
import io
import random
import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mot_platform.datasets.download.backoff import Patience


@dataclass
class Fault:
    """How one answer differs from a sound one."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop_after: int | None = None
    """Bytes of the body after which the connection breaks."""
    length_error: int = 0
    """How much more the server claims to send than it has; negative for less."""
    no_length: bool = False
    ignore_range: bool = False
    range_error: int = 0
    """How far the Content-Range is off."""
    hold: threading.Event | None = None
    """After `drop_after` bytes nothing more comes until this is set."""


@dataclass
class Request:
    """What the server was asked and what it sent."""

    path: str
    range: str | None
    status: int = 0
    body_bytes: int = 0


@dataclass
class Site:
    """The files of the server, the faults still to come, and what was asked so far."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    faults: defaultdict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    etags: dict[str, str] = field(default_factory=dict)
    without_ranges: bool = False
    requests: list[Request] = field(default_factory=list)

    def etag(self, path: str) -> str:
        return self.etags.get(path, f'"{hashlib.sha1(self.files[path]).hexdigest()[:12]}"')

    def misbehave(self, path: str, **fault: Any) -> None:
        """Make the next answer for `path`, after those already planned, a `Fault`."""
        self.faults[path].append(Fault(**fault))

    def sent(self, path: str) -> int:
        return sum(request.body_bytes for request in self.requests if request.path == path)

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        site, path = self.site, self.path
        request = Request(path, self.headers.get("Range"))
        site.requests.append(request)
        fault = site.faults[path].pop(0) if site.faults[path] else Fault()
        if fault.status is not None or path not in site.files:
            self._head(request, fault.status or 404, {"Content-Length": "0", **fault.headers})
            return
        content, start = site.files[path], 0
        headers = {"ETag": site.etag(path), "Last-Modified": formatdate(1.5e9, usegmt=True)}
        status = 200
        if self._wants_part(path) and not (fault.ignore_range or site.without_ranges):
            start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
            if start >= len(content):
                headers |= {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"}
                self._head(request, 416, headers | fault.headers)
                return
            shown = start + fault.range_error
            status, headers["Content-Range"] = 206, f"bytes {shown}-{len(content) - 1}/{len(content)}"
        if fault.no_length:
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(len(content) - start + fault.length_error)
        self._head(request, status, headers | fault.headers)
        self._body(request, content[start:], fault)

    def _wants_part(self, path: str) -> bool:
        condition = self.headers.get("If-Range")
        known = (None, self.site.etag(path), formatdate(1.5e9, usegmt=True))
        return "Range" in self.headers and condition in known

    def _head(self, request: Request, status: int, headers: dict[str, str]) -> None:
        request.status = status
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, request: Request, body: bytes, fault: Fault) -> None:
        cut = body if fault.drop_after is None else body[: fault.drop_after]
        request.body_bytes = len(cut)  # before the client can have them and ask for the sum
        try:
            self.wfile.write(cut)
            self.wfile.flush()
            if fault.hold is not None:
                fault.hold.wait(20)
        except OSError:
            request.body_bytes = 0
            self.close_connection = True
        if fault != Fault():
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients that hang up or are killed are what this is for."""


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a running server without files."""
    server = _Server(("127.0.0.1", 0), _Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"site": site})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def patience() -> Patience:
    """Return how to try without waiting."""
    return Patience(attempts=3, first_wait_s=0.0, silence_s=5.0)


@pytest.fixture
def make_zip() -> Callable[[dict[str, bytes]], bytes]:
    """Return a function that packs files."""

    def pack(files: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return pack


@pytest.fixture
def mot17_tree() -> dict[str, bytes]:
    """Return the files of a tiny MOT17, as its official archive names them."""
    tree: dict[str, bytes] = {}
    for split, name in (("train", "MOT17-02-DPM"), ("train", "MOT17-02-SDP"), ("test", "MOT17-01-FRCNN")):
        folder = f"MOT17/{split}/{name}"
        tree[f"{folder}/seqinfo.ini"] = f"[Sequence]\nname={name}\n".encode()
        tree[f"{folder}/det/det.txt"] = b"1,-1,0,0,9,9,1\n"
        for frame in (1, 2, 3):
            tree[f"{folder}/img1/{frame:06d}.jpg"] = random.Random(len(tree)).randbytes(30_000)
        if split == "train":
            tree[f"{folder}/gt/gt.txt"] = b"1,1,0,0,9,9,1,1,1\n"
    return tree
