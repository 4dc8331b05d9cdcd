from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from doubling import double
import numpy as np
print(double(np.arange(3.0)).tolist(), double.stats.cache_path if hasattr(double, "stats") else "")
"""
MODULE = """
from mot_model.compiled import compiled

@compiled
def double(numbers):
    return 2 * numbers
"""


def _call(folder: Path, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_what_was_compiled_is_kept_on_disk(tmp_path: Path) -> None:
    (tmp_path / "doubling.py").write_text(MODULE)
    output = _call(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert output.startswith(str(np.array([0.0, 2.0, 4.0]).tolist()))
    assert list((tmp_path / "cache").rglob("doubling.double*.nbc"))
