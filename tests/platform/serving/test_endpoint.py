"""The endpoint as a process: where it may listen, and what a hostile client can do to it."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import struct
import zlib
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from mot_platform.errors import InputError
from mot_platform.serving.endpoint import Binding, check
from mot_platform.serving.settings import ServeConfig

CONFIG = ServeConfig(weights="w", store="s")


def huge_png() -> bytes:
    """Return the beginning of a PNG picture of 50,000 x 50,000."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))


def jpeg() -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (96, 160, 3), np.uint8)
    Image.fromarray(pixels).save(file, "jpeg")
    return file.getvalue()


def send_and_wait(socket, data: bytes) -> None:
    socket.send(data)
    while True:
        socket.recv(timeout=20)


def open_files(pids: list[int]) -> int:
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)


def test_an_address_beyond_loopback_needs_tokens(tmp_path) -> None:
    with pytest.raises(InputError, match="needs --token-file"):
        check(CONFIG, Binding(host="0.0.0.0"))


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port}: can't listen there"):
            check(CONFIG, Binding(port=port))


def test_200_bad_attempts_leave_no_trace_and_others_untouched(running, clip) -> None:
    good = jpeg()
    attempts = [
        (b"garbage", 415),
        (huge_png(), 413),
        (good[:700], 415),
        (b"x" * (8 * 2**20 + 1), 413),
        ('{"seq": -4}', 422),
    ]
    stream_url = running.url.replace("http", "ws") + "/v1/streams/"
    pids = running.pids("GateIngress") + running.pids("Tracker")

    def attempt(number: int) -> None:
        bad, status = attempts[number % len(attempts)]
        with connect(f"{stream_url}bad-{number}", max_size=None) as socket:
            json.loads(socket.recv())
            socket.send(bad)
            told = json.loads(socket.recv(timeout=20))
            assert (told["type"], told["status"]) == ("problem", status), told
            assert told["detail"]

    with connect(f"{stream_url}bystander") as bystander:
        json.loads(bystander.recv())
        for number in range(200):
            if number == 20:
                before = open_files(pids)
            attempt(number)
            if number % 10 == 0:
                frame = clip.frames[number // 10]
                bystander.send(json.dumps({"seq": frame.seq, "time_s": frame.time_s, "source_wh": [160, 96]}))
                bystander.send(frame.picture)
                answer = json.loads(bystander.recv(timeout=20))
                ids = [track["track_id"] for track in answer["tracks"]]
                assert ids == clip.tracks[number // 10].track_id.tolist()
        bystander.send('{"type":"end"}')
        json.loads(bystander.recv())
    listed = httpx.get(f"{running.url}/v1/streams").json()["streams"]
    assert [one for one in listed if one["session"].startswith(("bad-", "bystander"))] == []
    assert open_files(pids) <= before + 8


def test_a_message_beyond_the_transport_closes_only_its_own_stream(running) -> None:
    url = running.url.replace("http", "ws") + "/v1/streams/too-large"
    with connect(url) as socket:
        socket.recv()
        with pytest.raises(ConnectionClosed):
            send_and_wait(socket, b"x" * (20 * 2**20))
    assert httpx.get(f"{running.url}/healthz").status_code == 200


def test_the_stream_after_the_last_place_gets_429(running) -> None:
    url = running.url.replace("http", "ws") + "/v1/streams/"
    with contextlib.ExitStack() as held:
        for number in range(16):
            held.enter_context(connect(f"{url}place-{number}"))
        with pytest.raises(InvalidStatus) as refused, connect(f"{url}one-more"):
            pass
    response = refused.value.response
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")
    assert json.loads(response.body)["type"] == "about:blank#full"
