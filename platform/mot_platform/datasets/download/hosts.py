"""What the threads of a download learn of servers, each for all: when to ask, and whether it is any use."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError
from urllib.parse import urlsplit


class Hosts:
    """When each host may be asked, which can't be reached, and whether the download is wanted at all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}
        self._unreachable: set[str] = set()
        self._stop = threading.Event()

    def leave_alone(self, url: str, wait_s: float) -> None:
        """Keep all threads from the host of `url` for a while."""
        until = time.monotonic() + wait_s
        with self._lock:
            host = urlsplit(url).netloc
            self._free_at[host] = max(until, self._free_at.get(host, until))

    def note_reachable(self, url: str, reachable: bool) -> None:
        """Remember whether the host of `url` could be reached in the end."""
        with self._lock:
            (self._unreachable.discard if reachable else self._unreachable.add)(urlsplit(url).netloc)

    def is_unreachable(self, url: str) -> bool:
        """Return whether nobody could reach the host of `url` lately, so that one try is enough."""
        with self._lock:
            return urlsplit(url).netloc in self._unreachable

    def await_turn(self, url: str) -> None:
        """Return once the host of `url` may be asked.

        Raises:
            CancelledError: if the download is stopped meanwhile.
        """
        with self._lock:
            free_at = self._free_at.get(urlsplit(url).netloc, 0.0)
        self.pause(free_at - time.monotonic())

    def pause(self, wait_s: float) -> None:
        """Wait.

        Raises:
            CancelledError: if the download is stopped meanwhile.
        """
        if self._stop.wait(max(0.0, wait_s)):
            raise CancelledError

    def stop(self) -> None:
        """Make all threads give up at their next step."""
        self._stop.set()
