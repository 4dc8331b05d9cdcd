"""The Ray cluster of a job: a private local one with safe, quiet settings, or a shared one."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mot_platform.errors import InputError

OBJECT_STORE_BYTES = 100 * 2**20
"""Object store of the local cluster; only small records pass through it."""
PIXEL_STORE_BYTES = 2**30
"""Object store of the local cluster where batches of clips pass through it."""

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no telemetry
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # the environment is installed already
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # our own errors reach the user in one line, not as C++ log lines
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # as Ray will do by itself; without it, Ray warns
}


def usable_cpus() -> int:
    """Return the number of CPUs this process may run on, not the number in the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def ray_session(
    address: str | None = None, *, num_cpus: int | None = None, object_store_bytes: int = OBJECT_STORE_BYTES
) -> Iterator[None]:
    """Hold a Ray connection for the block: the live one, `address`, or a private local cluster.

    A connection that is live already is used and left alone. The local cluster listens on open ports, so it
    gets a random token that only this process and its children know; nothing is written to the home folder.

    Args:
        address: A running cluster (`auto`, `host:6379`, `ray://host:10001`), or None for a local one.
        num_cpus: Logical CPUs of the local cluster; default: those usable. Ray only counts them, so a pool
            may be given more than there are cores.
        object_store_bytes: Memory of the local cluster for what processes hand each other.

    Raises:
        InputError: if no cluster answers at `address`.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in _SETTINGS.items()})
    import ray  # only here: it takes seconds, and most commands never need it

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="ray")
        warnings.filterwarnings("ignore", message=".*is deprecated! Configure `shuffle_strategy`")
        if ray.is_initialized():
            yield
        elif address is not None:
            yield from _connected(address)
        else:
            yield from _local(num_cpus or usable_cpus(), object_store_bytes)


def _connected(address: str) -> Iterator[None]:
    import ray

    try:
        with _silent_stderr():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise InputError(
            f"no Ray cluster at {address}: {error}. Start one, or leave out --address"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _local(num_cpus: int, object_store_bytes: int) -> Iterator[None]:
    import ray

    if "RAY_AUTH_MODE" not in os.environ:
        _use_private_token()
    # Unix sockets allow about 100 characters, so not below a long TMPDIR.
    parent = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108
    folder = tempfile.mkdtemp(prefix="mot-ray-", dir=parent)
    try:
        with _silent_stderr():
            ray.init(
                address="local",
                num_cpus=num_cpus,
                include_dashboard=False,
                object_store_memory=object_store_bytes,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _temp_dir=folder,
            )
        yield
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what C++ code writes to stderr in the block: Ray announces there that it heeds its log level."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _use_private_token() -> None:
    """Let only this process and its children talk to the local cluster."""
    import ray

    ray_core: Any = ray._raylet

    os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    ray_core.Config.initialize("")  # Ray has read the environment when it was imported
    ray_core.AuthenticationTokenLoader.instance().reset_cache()
