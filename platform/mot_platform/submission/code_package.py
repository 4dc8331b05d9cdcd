"""What travels with a job: the source of our packages, shipped configurations and named files; never data."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from mot_platform.config import shipped_configs
from mot_platform.errors import InputError

MAX_BYTES = 20 * 2**20
"""Our source is far below this; more means that data, runs or weights lie between it."""
CONFIGS_FOLDER = "configs"
PLATFORM_PACKAGE = "mot_platform"

_NEVER = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def stage_packages(packages: Sequence[Path], folder: Path) -> list[Path]:
    """Copy packages as an installation would hold them and return the copies, for `py_modules`.

    Args:
        packages: Folders of import packages; `mot_platform` gets the shipped configurations.
        folder: Existing folder to copy into.

    Raises:
        InputError: if they are too large to be source alone.
    """
    staged = [Path(shutil.copytree(package, folder / package.name, ignore=_NEVER)) for package in packages]
    for package in staged:
        if package.name == PLATFORM_PACKAGE and not (package / CONFIGS_FOLDER).is_dir():
            shutil.copytree(shipped_configs(), package / CONFIGS_FOLDER, ignore=_NEVER)
    refuse_if_large(folder)
    return staged


def stage_files(texts: Mapping[str, str], folder: Path) -> None:
    """Write the files that a command names, by the name it names them, for `working_dir`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    refuse_if_large(folder)


def refuse_if_large(folder: Path, max_bytes: int = MAX_BYTES) -> None:
    """Raise an `InputError` that names the largest file if `folder` holds more than `max_bytes`."""
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    total = sum(sizes.values())
    if total > max_bytes:
        largest = max(sizes, key=lambda path: sizes[path])
        raise InputError(
            f"{total / 2**20:.0f} MiB to ship with the job, at most {max_bytes / 2**20:.0f}: only code "
            f"travels. The largest is {largest.relative_to(folder)} ({sizes[largest] / 2**20:.1f} MiB); "
            "move data, runs and weights out of the packages"
        )
