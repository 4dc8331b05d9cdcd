"""A data set from its download to the index: fetched if asked, unpacked, cut, read, checked, written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.datasets.cutting import CutVideo, cut_videos
from mot_platform.datasets.download.download_report import DownloadReport
from mot_platform.datasets.download.downloading import download_dataset, unpack_dataset
from mot_platform.datasets.download.progress import Progress
from mot_platform.datasets.index import write_source
from mot_platform.datasets.picture_sheet import check_sheet_path, write_picture_sheet
from mot_platform.datasets.readers.label_map import read_label_map
from mot_platform.datasets.readers.media import Watcher
from mot_platform.datasets.reading import Kind, ReadRequest, read_source
from mot_platform.datasets.source import Problem
from mot_platform.datasets.splitting import parse_split_policy
from mot_platform.datasets.summary import SourceSummary, summarize
from mot_platform.errors import InputError, MotActionError
from mot_platform.video.opening import VIDEO_EXTENSIONS

MOVIES_FOLDER = "videos"
CLIPS_FOLDER = "clips"
"""Of AVA: whole movies as they are downloaded, and the spans of them that are labelled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrepareRequest:
    """What to prepare, and how."""

    kind: Kind
    root: Path
    """Folder of the data set."""
    index: Path | None = None
    """Index to put it in; without it `ROOT/index`."""
    name: str | None = None
    """Name of the source; see `ReadRequest`, as for the next three."""
    labels: Path | None = None
    label_map: Path | None = None
    split: str = "official"
    download: bool = False
    """Whether to fetch what is not there."""
    mirror: str | None = None
    """Address of a copy of the official server."""
    parallel: int = 4
    """Files that are fetched at a time."""
    workers: int = 1
    """Processes that look at videos and cut them."""
    check: bool = False
    """Whether only to look, and to leave the index as it is."""
    sheet: Path | None = None
    """Where to write pictures of labelled frames."""

    def __post_init__(self) -> None:
        if self.kind == "custom" and (self.download or self.mirror):
            raise InputError("custom videos can't be downloaded; --download is for mot17, mot20 and ava")
        if self.mirror and not self.download:
            raise InputError("--mirror says where to download from; it needs --download")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Who is told how far it is."""

    file: Progress | None = None
    """Told of files that are fetched, unpacked and cut."""
    video: Watcher | None = None
    """Told of videos that were looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What became of it."""

    source: SourceSummary
    problems: tuple[Problem, ...]
    """All that is wrong with it."""
    index: Path | None
    """Where it was written; None if it was only checked, or can't be used before a problem is mended."""
    digest: str
    """SHA-256 (hex) of the source in the index; empty if it was not written."""
    download: DownloadReport | None
    """What was fetched or unpacked, None for custom videos."""
    cut: tuple[CutVideo, ...]
    """What became of whole movies."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, missing or dead."""
        failed = self.download is not None and self.download.failed
        return not (self.problems or self.source.not_ready or failed)


def prepare(request: PrepareRequest, listener: Listener | None = None) -> Prepared:
    """Make a data set ready for training; what an earlier call has fetched, unpacked or cut is used again.

    Args:
        request: What to prepare.
        listener: Who is told how far it is.

    Raises:
        InputError: if nothing can be made of it, or an option is wrong.
        MotActionError: if a file can't be fetched without which the data set is useless.
        OSError: if the index or the sheet can't be written.
    """
    listener = listener or Listener()
    _check_options(request)
    download = _brought(request, listener.file)
    cut = _cut_movies(request, listener.file) if request.kind == "ava" else ()
    source, problems = read_source(
        ReadRequest(
            kind=request.kind,
            root=request.root,
            name=request.name,
            labels=request.labels,
            label_map=request.label_map,
            split=request.split,
            workers=request.workers,
            progress=listener.video,
        )
    )
    index, digest = None, ""
    if not request.check and not any(problem.fatal for problem in problems):
        index = request.index or request.root / "index"
        digest = write_source(index, source)
    if request.sheet is not None:
        write_picture_sheet(request.sheet, [source])
    return Prepared(
        source=summarize(source),
        problems=tuple(problems),
        index=index,
        digest=digest,
        download=download,
        cut=cut,
    )


def _check_options(request: PrepareRequest) -> None:
    """Raise for what is wrong before hours are spent on a download."""
    parse_split_policy(request.split)
    read_label_map(request.label_map)
    if request.sheet is not None:
        check_sheet_path(request.sheet)


def _brought(request: PrepareRequest, progress: Progress | None) -> DownloadReport | None:
    """Return what was fetched, or else what archives in the folder gave."""
    if request.kind == "custom":
        return None
    if not request.download:
        if not request.root.is_dir():
            raise InputError(
                f"{request.root}: no such folder; put the data set there, or have it fetched with --download"
            )
        return unpack_dataset(request.kind, request.root, progress=progress)
    report = download_dataset(
        request.kind,
        request.root,
        mirror=request.mirror,
        parallel=request.parallel,
        progress=progress,
    )
    if not report.usable:
        missing = [file for file in report.failed if file.required]
        names = ", ".join(file.name for file in missing)
        raise MotActionError(f"{names}: not fetched: {missing[0].reason}; the same command goes on from here")
    return report


def _cut_movies(request: PrepareRequest, progress: Progress | None) -> tuple[CutVideo, ...]:
    """Cut the whole movies of AVA to the span that is labelled."""
    folder = request.root / MOVIES_FOLDER
    if not folder.is_dir():
        return ()
    movies = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_EXTENSIONS)
    clips = request.root / CLIPS_FOLDER
    return tuple(cut_videos(movies, clips, workers=request.workers, progress=progress))
