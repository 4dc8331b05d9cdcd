"""Who made a row: digests of content and settings, and the version of the code that ran."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import fsspec

from mot_platform.experiment import RUN_ID_FILE

CODE_VERSION_VARIABLE = "MOT_ACTION_CODE_VERSION"
"""Environment variable that travels with the code when it is not installed where it runs."""
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """What every labelled video says of its maker."""

    model_uri: str
    """What the user named: a path, a shipped name or a registry address."""
    model_digest: str
    """Digest of the weights that this resolved to."""
    config_digest: str
    """Digest of the settings that decide the rows."""
    code_version: str
    """Version of this package, with the git commit when it runs from a checkout."""
    mlflow_run_id: str | None = None
    """MLflow run that trained the model, None if unknown."""


def digest_of(settings: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) of `settings`, whatever the order of its keys.

    Raises:
        TypeError: if a value is not JSON (numbers, strings, booleans, None, lists, mappings).

    Examples:
        >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
        True
    """
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def short_id(*parts: object) -> str:
    """Return a 16 character name for `parts`: the same parts give the same name on every machine."""
    return digest_of({"parts": [str(part) for part in parts]})[:16]


def content_digest(uri: str) -> str:
    """Return the SHA-256 (hex) of the bytes at `uri`, a path or an fsspec URL.

    Raises:
        OSError: if it can't be read.
    """
    digest = hashlib.sha256()
    with fsspec.open(uri, "rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def training_run_id(weights: Path) -> str | None:
    """Return the MLflow run that trained `weights`, noted beside them by training; None if unknown."""
    try:
        return (weights.parent / RUN_ID_FILE).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def code_version() -> str:
    """Return the version of this code: as stated by who shipped it to a cluster, or as installed here."""
    return os.environ.get(CODE_VERSION_VARIABLE) or _installed_version()


@cache
def _installed_version() -> str:
    """Return the package version, with the commit (and `.dirty`) when the code runs from a git checkout."""
    try:
        version = metadata.version("mot-action")
    except metadata.PackageNotFoundError:
        return "unknown"  # the bare packages, on a path
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return version
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--dirty=.dirty", "--abbrev=12"]
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return version  # a checkout without git on the machine
    return f"{version}+g{found.stdout.strip()}"
