"""Only code travels, laid out as an installation has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mot_platform
from mot_platform.errors import InputError
from mot_platform.submission.code_package import refuse_if_large, stage_files, stage_packages


def test_staged_packages_find_their_configurations_without_the_checkout(tmp_path: Path) -> None:
    (staged,) = stage_packages([Path(str(mot_platform.__file__)).parent], tmp_path)
    assert not list(tmp_path.rglob("__pycache__"))
    code = "from mot_platform.config import shipped_config; print(shipped_config('train/demo.yaml'))"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout.strip()
    assert found == str(staged / "configs" / "train" / "demo.yaml")


def test_data_among_the_code_is_refused_by_name(tmp_path: Path) -> None:
    stage_files({"config.yaml": "steps: 3"}, tmp_path)
    refuse_if_large(tmp_path)
    (tmp_path / "video.mp4").write_bytes(bytes(2**21))
    with pytest.raises(InputError, match=r"video\.mp4 \(2\.0 MiB\)"):
        refuse_if_large(tmp_path, max_bytes=2**20)
