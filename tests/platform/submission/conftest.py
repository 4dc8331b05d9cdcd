"""A cluster of its own, with a token and a Jobs API, for tests that submit."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, str]]:
    """Start one Ray node in another process and return the environment that leads to it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")} | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_JOB_STOP_WAIT_TIME_S": "60",
        "NUMBA_DISABLE_JIT": "1",  # shipped code is compiled anew, which takes longer than these few frames
    }
    folder = tempfile.mkdtemp(prefix="mot-jobs-", dir="/tmp")  # sockets below it need a short path
    command = [sys.executable, str(Path(__file__).with_name("cluster_process.py")), "2"]
    process = subprocess.Popen(
        command,
        env=environment | {"RAY_TMPDIR": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = next((line.strip() for line in process.stdout if line.startswith("http://")), None)
        assert address is not None, "the cluster did not start"
        yield environment | {"RAY_API_SERVER_ADDRESS": address}
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)
