"""One file from a server that may be slow, busy, broken or lying, without fetching a byte twice in vain."""

from __future__ import annotations

from pathlib import Path

import httpx

from mot_platform.datasets.download.answers import FetchError, UnfitError, UnreadyError
from mot_platform.datasets.download.backoff import Patience
from mot_platform.datasets.download.catalogue import RemoteFile
from mot_platform.datasets.download.hosts import Hosts
from mot_platform.datasets.download.part_file import PartFile
from mot_platform.datasets.download.progress import ProgressMeter
from mot_platform.datasets.download.transfer import Fetched, Transfer


class Fetcher:
    """Fetches files with one client; any number of threads may use it.

    Args:
        client: Its timeouts count; redirects should be followed.
        hosts: Shared by all who ask the same hosts.
        patience: How often to try.
    """

    def __init__(self, client: httpx.Client, *, hosts: Hosts, patience: Patience) -> None:
        self._client = client
        self._hosts = hosts
        self._patience = patience

    def fetch(self, file: RemoteFile, target: Path, meter: ProgressMeter) -> Fetched:
        """Bring `file` to `target`, going on with what an earlier process left.

        Raises:
            FetchError: if it can't be had from any address; what came is kept for the next time.
            InputError: if the disk is full.
            CancelledError: if the download is stopped.
        """
        reasons: list[str] = []
        for url in file.urls:
            transfer = Transfer(
                client=self._client,
                file=file,
                url=url,
                part=PartFile(target),
                meter=meter,
                hosts=self._hosts,
            )
            try:
                return self._complete(transfer)
            except FetchError as error:
                reasons.append(f"{url}: {error}")
        raise FetchError("; ".join(reasons))

    def _complete(self, transfer: Transfer) -> Fetched:
        """Try until the file is whole."""
        failures, furthest = 0, transfer.part.size_bytes
        attempts = 1 if self._hosts.is_unreachable(transfer.url) else self._patience.attempts
        while True:
            reason = self._step(transfer)
            if reason is None:
                return transfer.finish()
            if transfer.part.size_bytes > furthest:
                failures, furthest = 0, transfer.part.size_bytes
            failures += 1
            if failures >= attempts:
                if isinstance(reason, httpx.ConnectError | httpx.ConnectTimeout):
                    self._hosts.note_reachable(transfer.url, False)
                raise FetchError(f"{_line(reason)}; gave up, tries: {failures}") from reason
            self._wait(transfer, reason, failures)

    def _step(self, transfer: Transfer) -> Exception | None:
        """Ask once, and return why to ask again, None if the file is whole."""
        self._hosts.await_turn(transfer.url)
        try:
            whole = transfer.step()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return error
        except (UnreadyError, UnfitError, httpx.TransportError) as error:
            self._hosts.note_reachable(transfer.url, True)
            return error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(_line(error)) from error
        self._hosts.note_reachable(transfer.url, True)
        return None if whole else UnreadyError("breaks off")

    def _wait(self, transfer: Transfer, reason: Exception, failures: int) -> None:
        """Wait as long as the server asks, or ever longer."""
        asked_s = reason.wait_s if isinstance(reason, UnreadyError) else None
        if asked_s is not None and asked_s > self._patience.longest_asked_wait_s:
            raise FetchError(f"{reason}, asks to wait for {asked_s:.0f} s") from reason
        wait_s = self._patience.wait_s(failures) if asked_s is None else asked_s
        transfer.meter.waiting(f"{_line(reason)}; next try in {wait_s:.0f} s")
        if asked_s is not None:
            self._hosts.leave_alone(transfer.url, asked_s)
        else:
            self._hosts.pause(wait_s)


def _line(error: BaseException) -> str:
    """Return one line that says what `error` is."""
    text = " ".join(str(error).split())[:300]
    return text or type(error).__name__
