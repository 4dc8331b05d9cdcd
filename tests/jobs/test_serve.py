"""`mot-action serve` as a command: refusals in one line.

The tests in tests/platform/serving share one that runs; how it stops is asserted there, after the last.
"""

from __future__ import annotations

import subprocess
import sys


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mot_jobs.cli", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_beyond_loopback_without_tokens_is_refused_before_anything_starts() -> None:
    result = run("--weights", "nowhere", "--host", "0.0.0.0")
    assert result.returncode == 2
    assert result.stderr.startswith("error: --host 0.0.0.0: other machines could reach it")
    assert result.stderr.count("\n") == 1
