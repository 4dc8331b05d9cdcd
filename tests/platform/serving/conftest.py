"""One running endpoint for all tests that need it: a real process, real replicas, untrained weights."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from mot_model.engine import Engine
from mot_model.letterbox import Letterbox
from mot_model.structures import Array, FrameBatch, Tracks
from mot_platform.engines import load_engine
from mot_platform.model_identity import resolve_model
from mot_platform.serving.client import StreamFrame
from mot_platform.serving.gate import Gate
from mot_platform.serving.link import ReplicaUnreachableError
from mot_platform.serving.replica import TrackerReplica
from mot_platform.serving.replies import ModelDescription
from mot_platform.serving.routes import build_app
from mot_platform.serving.session_store import FolderStore
from mot_platform.serving.settings import Limits, ServeConfig, SessionPolicy
from mot_platform.serving.tracker_deployment import loaded
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import probe
from mot_platform.video.segments import plan_segments

START_S = 120
LIMITS = Limits(max_streams=2, window=8, max_frame_bytes=200_000, max_upload_bytes=500_000, max_pixels=10**6)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class RunningEndpoint:
    """An endpoint in a process of its own."""

    url: str
    process: subprocess.Popen[str]
    store: Path

    def pids(self, title: str) -> list[int]:
        """Return the processes of this endpoint whose title has `title`, such as `Tracker`."""
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                text = (folder / "cmdline").read_bytes().decode(errors="replace")
                if title in text and str(self.store).encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        return found


@contextlib.contextmanager
def running_endpoint(weights: Path, folder: Path, *options: str) -> Iterator[RunningEndpoint]:
    """Hold `mot-action serve` on a free port for the block."""
    port, store = free_port(), folder / "sessions"
    command = [sys.executable, "-m", "mot_jobs.cli", "serve", "--weights", str(weights)]
    command += ["--port", str(port), "--store", str(store), *options]
    environment = os.environ | {"MOT_TEST_STORE": str(store)}  # by which its processes are told apart
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env=environment, text=True, start_new_session=True)
    try:
        until = time.monotonic() + START_S
        while "serving at" not in (folder / "serve.log").read_text():
            assert process.poll() is None, (folder / "serve.log").read_text()
            assert time.monotonic() < until, (folder / "serve.log").read_text()
            time.sleep(0.2)
        yield RunningEndpoint(url=f"http://127.0.0.1:{port}", process=process, store=store)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def running(untrained_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """Return the endpoint that the tests of serving share; leave it as you found it.

    It takes long to start, so that how it stops is asserted of this one, after the last of them.
    """
    settings = tmp_path_factory.mktemp("endpoint")
    with running_endpoint(untrained_weights, settings) as endpoint:
        yield endpoint
        stopping_asks_clients_to_come_back(endpoint)


def stopping_asks_clients_to_come_back(endpoint: RunningEndpoint) -> None:
    """Assert that a stop lets clients go with the code of a restart, and ends well."""
    with connect(f"{endpoint.url.replace('http', 'ws')}/v1/streams/last") as stream:
        json.loads(stream.recv())
        endpoint.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert endpoint.process.wait(60) == 0


@pytest.fixture(scope="session")
def endpoint(running: RunningEndpoint) -> str:
    """Return the URL of the shared endpoint."""
    return running.url


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A short video as frames to stream, and what the engine says of it in one process."""

    path: Path
    frames: list[StreamFrame]
    tracks: list[Tracks]


@pytest.fixture(scope="session")
def clip(tiny_corpus: Path, untrained_weights: Path) -> Clip:
    """Return 100 frames: the videos of the corpus again and again."""
    engine = load_engine(str(untrained_weights))
    (path, *_) = sorted(tiny_corpus.glob("*/*.mp4"))
    letterbox = Letterbox((160, 96), engine.perceiver.input_wh)
    (segment,) = plan_segments(probe(str(path)), video="clip", segment_s=float("inf"), warmup_frames=0)
    (batch,) = decode_segment(segment, size_wh=letterbox.content_wh, batch_frames=100)
    pixels = np.concatenate([batch.pixels, batch.pixels[::-1]] * 3)[:100]
    times = np.arange(len(pixels)) / 10
    whole = FrameBatch(video="clip", frame_index=np.arange(len(pixels)), time_s=times, pixels=pixels)
    return Clip(
        path=path,
        frames=[
            StreamFrame(seq=i, picture=png(image), time_s=float(times[i]), source_wh=(160, 96))
            for i, image in enumerate(pixels)
        ],
        tracks=[tracks for _, tracks in engine.run([whole], letterbox)],
    )


def png(pixels: Array) -> bytes:
    """Return `(H, W, 3)` RGB as a PNG picture."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


class DirectReplicas:
    """Two replicas in this process, reached without Serve; one can be killed as by SIGKILL."""

    def __init__(self, make: Callable[[], TrackerReplica]) -> None:
        self._make = make
        self.replicas = [make(), make()]
        self.calls: list[tuple[str, str]] = []
        self.fail_next: str | None = None

    def responsible(self, session: str) -> int:
        """Return which replica the session sticks to."""
        return zlib.crc32(session.encode()) % len(self.replicas)

    def kill(self, session: str) -> None:
        """Lose the memory of the replica that holds `session`; an empty one takes its place."""
        self.replicas[self.responsible(session)] = self._make()

    async def call(self, session: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((method, session))
        if self.fail_next == method:
            self.fail_next = None
            self.kill(session)
            raise ReplicaUnreachableError("it died")
        return await getattr(self.replicas[self.responsible(session)], method)(session, *args, **kwargs)

    async def describe(self) -> ModelDescription:
        return await self.replicas[0].describe()


@pytest.fixture(scope="session")
def loaded_engine(untrained_weights: Path) -> tuple[Engine, ModelDescription]:
    """Return the engine and description of the untrained weights."""
    return loaded(
        ServeConfig(weights=str(untrained_weights), store=""), resolve_model(str(untrained_weights))
    )


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Return an empty session store."""
    return FolderStore(tmp_path / "sessions")


@pytest.fixture
def direct(store: FolderStore, loaded_engine: tuple[Engine, ModelDescription]) -> DirectReplicas:
    """Return two replicas that share a store."""
    config = ServeConfig(
        weights="", store="", limits=LIMITS, sessions=SessionPolicy(snapshot_frames=5, snapshot_s=60.0)
    )
    return DirectReplicas(lambda: TrackerReplica(config, lambda: loaded_engine, store))


@pytest.fixture
def client(direct: DirectReplicas, store: FolderStore) -> Iterator[TestClient]:
    """Return a client of a gate in this process, without tokens, on loopback."""
    app = build_app(Gate(direct, store, LIMITS), ())
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        yield client
