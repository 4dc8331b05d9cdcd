"""A whole data set: fetched, unpacked, recorded; what is there already is left alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

import httpx

from mot_platform.datasets.download.answers import FetchError
from mot_platform.datasets.download.backoff import Patience
from mot_platform.datasets.download.catalogue import Dataset, DatasetKind, RemoteFile, dataset_of
from mot_platform.datasets.download.dataset_folder import DatasetFolder
from mot_platform.datasets.download.download_report import DownloadReport, FileOutcome
from mot_platform.datasets.download.fetching import Fetcher
from mot_platform.datasets.download.hosts import Hosts
from mot_platform.datasets.download.progress import Progress, ProgressMeter, one_at_a_time
from mot_platform.datasets.download.unpacking import BadArchiveError
from mot_platform.errors import InputError

_USER_AGENT = "mot-action data prepare"


def download_dataset(
    kind: DatasetKind,
    root: Path,
    *,
    mirror: str | None = None,
    parallel: int = 4,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> DownloadReport:
    """Fetch and unpack a data set into `root`, going on where an earlier call ended, however it ended.

    A file that the receipt proves to be there causes no request.

    Args:
        kind: Which data set.
        root: Its folder, made if absent.
        mirror: Address of a copy of the official server to take everything from.
        parallel: Files at a time.
        progress: Told how far each file is.
        patience: How often to ask a server that fails.

    Raises:
        InputError: if `mirror` is no address, another download works in `root`, or the disk is full.
        ValueError: if `parallel` is not positive.
    """
    if parallel < 1:
        raise ValueError(f"parallel must be at least 1, got {parallel}")
    dataset = dataset_of(kind, mirror)
    patience = patience or Patience()
    with _sole_download(root):
        folder = DatasetFolder(root)
        with _client(patience) as client:
            crew = _Crew(folder, client, parallel=parallel, patience=patience, progress=progress)
            outcomes = crew.bring_all(dataset.files, num_files=len(dataset.files))
            videos = _listed_videos(dataset, root)
            outcomes += crew.bring_all(videos, num_files=len(dataset.files) + len(videos))
        return _unpacked(kind, folder, dataset.files, outcomes, progress)


def unpack_dataset(kind: DatasetKind, root: Path, *, progress: Progress | None = None) -> DownloadReport:
    """Unpack the archives of a data set that are in `root`, such as the user put there; nothing is fetched.

    Raises:
        InputError: if an archive is cut short, damaged or not the official one, or the disk has no room.
    """
    files = tuple(
        file for file in dataset_of(kind).files if file.unpack_into and (root / file.name).is_file()
    )
    num_unpacked, outcomes = 0, []
    with _sole_download(root):
        folder = DatasetFolder(root)
        for file in files:
            outcome = folder.look(file)
            if outcome is None or outcome.status == "failed":
                raise InputError(outcome.reason if outcome else f"{root / file.name}: has vanished")
            num_unpacked += folder.unpack(file, progress).num_written
            outcomes.append(outcome)
    return DownloadReport(kind=kind, root=root, files=tuple(outcomes), num_unpacked=num_unpacked)


class _Crew:
    """Threads that bring files into a folder."""

    def __init__(
        self,
        folder: DatasetFolder,
        client: httpx.Client,
        *,
        parallel: int,
        patience: Patience,
        progress: Progress | None,
    ) -> None:
        self._folder = folder
        self._hosts = Hosts()
        self._fetcher = Fetcher(client, hosts=self._hosts, patience=patience)
        self._parallel = parallel
        self._progress = one_at_a_time(progress)

    def bring_all(self, files: Sequence[RemoteFile], *, num_files: int) -> list[FileOutcome]:
        """Return what became of each file; the first error that concerns all stops all."""
        pool = ThreadPoolExecutor(self._parallel)
        try:
            futures = [pool.submit(self._bring, file, num_files) for file in files]
            for future in as_completed(futures):
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            self._hosts.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _bring(self, file: RemoteFile, num_files: int) -> FileOutcome:
        """Fetch one file unless it is there."""
        meter = ProgressMeter(self._progress, name=file.name, action="fetch", num_files=num_files)
        target = self._folder.root / file.name
        try:
            outcome = self._folder.look(file)
            if outcome is None:
                fetched = self._fetcher.fetch(file, target, meter)
                outcome = self._folder.take_in(file, fetched)
        except FetchError as error:
            outcome = FileOutcome(name=file.name, status="failed", required=file.required, reason=str(error))
        if outcome.status == "failed":
            meter.failed(outcome.reason)
        else:
            meter.at(outcome.size_bytes, outcome.size_bytes)
            meter.done()
        return outcome


def _listed_videos(dataset: Dataset, root: Path) -> list[RemoteFile]:
    """Return the videos of a data set, none where it has none or their list could not be had."""
    if dataset.video_list is None or not (root / dataset.video_list.list_name).is_file():
        return []
    text = (root / dataset.video_list.list_name).read_text(encoding="utf-8", errors="replace")
    return dataset.video_list.videos(text)


def _unpacked(
    kind: DatasetKind,
    folder: DatasetFolder,
    files: Sequence[RemoteFile],
    outcomes: list[FileOutcome],
    progress: Progress | None,
) -> DownloadReport:
    """Unpack the archives among `files` and return the report; a bad one is set aside and has failed."""
    num_unpacked = 0
    for number, file in enumerate(files):
        if file.unpack_into is None or outcomes[number].status == "failed":
            continue
        try:
            num_unpacked += folder.unpack(file, progress).num_written
        except BadArchiveError as error:
            aside = folder.set_aside(file)
            reason = f"{error}; set aside as {aside.name}, the same command fetches it again"
            outcomes[number] = replace(outcomes[number], status="failed", reason=reason)
    return DownloadReport(kind=kind, root=folder.root, files=tuple(outcomes), num_unpacked=num_unpacked)


def _client(patience: Patience) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(patience.silence_s, pool=None),
        headers={"User-Agent": _USER_AGENT},
        follow_redirects=True,
    )


@contextlib.contextmanager
def _sole_download(root: Path) -> Iterator[None]:
    """Hold `root` for the block; the kernel lets go of it when this process dies.

    Raises:
        InputError: if another process holds it, or a file can't be read or written.
    """
    descriptor = -1
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root, os.O_RDONLY)
        _lock(root, descriptor)
        yield
    except OSError as error:
        raise InputError(f"{error.filename or root}: {error.strerror or error}") from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _lock(root: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(f"{root}: another download works there; wait for it or stop it") from error
