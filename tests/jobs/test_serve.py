"""`mot-action serve` as a command: refusals in one line, and a stop that lets clients go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mot_jobs.cli", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_beyond_loopback_without_tokens_is_refused_before_anything_starts() -> None:
    result = run("--weights", "nowhere", "--host", "0.0.0.0")
    assert result.returncode == 2
    assert result.stderr.startswith("error: --host 0.0.0.0: other machines could reach it")
    assert result.stderr.count("\n") == 1


def test_stopping_asks_clients_to_come_back(untrained_weights, tmp_path) -> None:
    port = str(20_000 + os.getpid() % 20_000)
    command = [sys.executable, "-m", "mot_jobs.cli", "serve", "--weights", str(untrained_weights)]
    command += ["--port", port, "--store", str(tmp_path / "sessions"), "--replicas", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stderr is not None
            assert any("serving at" in line for line in process.stderr)
            with connect(f"ws://127.0.0.1:{port}/v1/streams/cam") as stream:
                json.loads(stream.recv())
                process.send_signal(signal.SIGTERM)
                with pytest.raises(ConnectionClosed) as closed:
                    stream.recv(timeout=30)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
            assert process.wait(60) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
