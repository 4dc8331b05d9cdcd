"""The endpoint in the foreground: Ray Serve here or on a running cluster, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from mot_platform.cluster import ray_session
from mot_platform.errors import InputError, MotActionError
from mot_platform.serving.access import is_loopback, read_tokens
from mot_platform.serving.settings import ServeConfig

APPLICATION = "mot-action"
SPARE_CPUS = 2


class EndpointFailedError(MotActionError):
    """The endpoint did not come up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """Where to listen.

    Raises:
        ValueError: on an impossible port.
    """

    host: str = "127.0.0.1"
    """Address; anything but loopback needs a token file."""
    port: int = 8000
    """TCP port."""

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError(f"--port must be from 1 to 65535, got {self.port}")

    @property
    def url(self) -> str:
        """Where to reach it from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def check(config: ServeConfig, binding: Binding) -> None:
    """Raise an `InputError` for what can be known to fail before anything starts."""
    if config.token_file is not None:
        read_tokens(Path(config.token_file))
    elif not is_loopback(binding.host):
        raise InputError(
            f"--host {binding.host}: other machines could reach it, so it needs --token-file "
            "(a file with one token a line, such as from `openssl rand -hex 32`)"
        )
    try:
        with socket.create_server((binding.host, binding.port)):
            pass
    except OSError as error:
        raise InputError(f"{binding.host}:{binding.port}: can't listen there: {error.strerror}") from error


def serve_until_stopped(
    config: ServeConfig,
    binding: Binding,
    *,
    address: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let clients go and stop.

    Args:
        config: The endpoint.
        binding: Where to listen.
        address: Ray cluster; None starts a private one here.
        ready: Called with the URL once it answers.

    Raises:
        InputError: if it can't listen there, lacks a token file, or there is no such model.
        EndpointFailedError: if it does not come up.
    """
    check(config, binding)
    num_cpus = round(config.replicas * config.cpus_per_replica + config.gates) + SPARE_CPUS
    with ray_session(address, num_cpus=num_cpus), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _run(config, binding, ready)


def _run(config: ServeConfig, binding: Binding, ready: Callable[[str], None] | None) -> None:
    from ray import serve

    from mot_platform.serving.application import bind

    stop = _stop_on_signals()
    application = bind(config)
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    try:
        serve.start(http_options={"host": binding.host, "port": binding.port})
        serve.run(application, name=APPLICATION)
        if ready is not None and not stop.is_set():
            ready(binding.url)
        stop.wait()
    except RuntimeError as error:
        raise EndpointFailedError(
            f"the endpoint did not come up: {' '.join(str(error).split())[:400]}"
        ) from error
    finally:
        serve.delete(APPLICATION)  # and nothing else that a shared cluster may serve


def _stop_on_signals() -> threading.Event:
    """Return what is set once somebody asks to stop; called after Ray, which sets handlers of its own."""
    stop = threading.Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked)
    return stop
