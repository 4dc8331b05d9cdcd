"""One running endpoint for all tests that need it: a real process, real replicas, untrained weights."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

START_S = 120


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
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def running(untrained_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """Return the endpoint that the tests of serving share; leave it as you found it."""
    settings = tmp_path_factory.mktemp("endpoint")
    with running_endpoint(untrained_weights, settings) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def endpoint(running: RunningEndpoint) -> str:
    """Return the URL of the shared endpoint."""
    return running.url
