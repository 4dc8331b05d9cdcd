"""Movies cut down to the span that is labelled, without decoding: packets are copied, times stay as they are.

AVA labels seconds 902 to 1798 of movies of hours. A clip holds the video from the last keyframe before the
span to the first complete group after its end, no sound, in Matroska, whose times are whole milliseconds.
Its frames decode to the same bits, and a label at 902 s is at 902 s of the clip.

A video whose packets can't be told apart by time (AVI, for one) is left whole: it is read as it is, and
encoding it anew would change what was labelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import av

from mot_platform.commit import publish
from mot_platform.datasets.download.progress import Progress, ProgressMeter
from mot_platform.datasets.packet_copying import copy_span
from mot_platform.errors import InputError, MediaError
from mot_platform.processes import results_as_done
from mot_platform.video.index import probe

START_S = 900.0
STOP_S = 1800.0
"""The span to keep: what AVA labels, and two seconds before and after it."""

_DRAFT_ENDING = ".part"


@dataclass(frozen=True, kw_only=True, slots=True)
class CutVideo:
    """What became of one video."""

    source: Path
    status: Literal["done", "missing", "dead"]
    path: Path | None
    """What to read from now on: the clip, or the video itself where it was left whole; None unless done."""
    error: str = ""
    """Why it is missing or dead, one line."""
    left_whole: str = ""
    """Why it was not cut though it is fine; empty if it was."""
    reused: bool = False
    """Whether the clip was there already."""


def cut_clip(source: Path, target: Path, *, start_s: float = START_S, stop_s: float = STOP_S) -> CutVideo:
    """Copy the span of a video to `target`, all or nothing; a clip that is there already is left alone.

    Args:
        source: The video.
        target: The clip, a Matroska file.
        start_s: First second to keep, by the video's own time.
        stop_s: End of the span.

    Raises:
        ValueError: if the span is empty.
        InputError: if the clip can't be written.
    """
    if not 0 <= start_s < stop_s:
        raise ValueError(f"the span must begin at 0 or later and not be empty, got {start_s} to {stop_s}")
    if _is_cut(source, target, start_s, stop_s):
        return CutVideo(source=source, status="done", path=target, reused=True)
    if not source.is_file():
        return CutVideo(source=source, status="missing", path=None, error=f"{source}: not there")
    try:
        left_whole = _cut(source, target, start_s, stop_s)
    except MediaError as error:
        return CutVideo(source=source, status="dead", path=None, error=str(error))
    path = source if left_whole else target
    return CutVideo(source=source, status="done", path=path, left_whole=left_whole)


def cut_videos(
    sources: Sequence[Path],
    folder: Path,
    *,
    workers: int = 1,
    start_s: float = START_S,
    stop_s: float = STOP_S,
    progress: Progress | None = None,
) -> list[CutVideo]:
    """Cut each video to `FOLDER/<name>.mkv`, and return a row for each, in their order.

    What an earlier call has cut is left alone, also if that was killed or its original is gone.

    Args:
        sources: Videos, of different names; those that are missing or dead become rows.
        folder: Where clips go.
        workers: Processes.
        start_s: See `cut_clip`.
        stop_s: See `cut_clip`.
        progress: Told of each video when it is done.

    Raises:
        InputError: if two videos have one name, or a clip can't be written.
        MotActionError: if a process is killed.
    """
    targets = {source: folder / f"{source.stem}.mkv" for source in sources}
    if len(set(targets.values())) < len(targets) or set(targets) & set(targets.values()):
        raise InputError(f"{folder}: two of the videos would have one clip; give them different names")
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {source: source.stat().st_size if source.is_file() else 0 for source in sources}
    longest_first = sorted(targets.items(), key=lambda pair: -sizes[pair[0]])
    cut = partial(_cut_pair, start_s=start_s, stop_s=stop_s)
    rows: dict[Path, CutVideo] = {}
    for row in results_as_done(cut, longest_first, workers=workers):
        rows[row.source] = row
        _tell(progress, row, sizes[row.source], len(targets))
    return [rows[source] for source in targets]


def _cut_pair(pair: tuple[Path, Path], *, start_s: float, stop_s: float) -> CutVideo:
    return cut_clip(*pair, start_s=start_s, stop_s=stop_s)


def _tell(progress: Progress | None, row: CutVideo, size_bytes: int, num_files: int) -> None:
    meter = ProgressMeter(progress, name=row.source.name, action="cut", num_files=num_files)
    meter.at(size_bytes, size_bytes)
    if row.status == "done":
        meter.done()
    else:
        meter.failed(row.error)


def _cut(source: Path, target: Path, start_s: float, stop_s: float) -> str:
    """Write the clip and return "", or why the video is better left whole."""
    index = probe(str(source))
    end_s = float(index.pts[-1] * index.time_base)
    if end_s < start_s:
        raise MediaError(str(source), f"ends at {end_s:.1f} s, before the span at {start_s:.1f} s", "probe")
    if not index.seekable:
        return index.not_seekable_reason
    draft = target.with_name(target.name + _DRAFT_ENDING)
    try:
        left_whole = copy_span(
            index, draft, start_s=start_s, stop_s=stop_s, comment=_mark(source, start_s, stop_s)
        )
        if not left_whole:
            publish(draft, target)
    except OSError as error:
        raise InputError(f"{target}: can't be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return left_whole


def _mark(source: Path, start_s: float, stop_s: float) -> str:
    """Return what a clip says of itself: what was cut of what."""
    span = f"mot-action: {start_s:g} s to {stop_s:g} s of {source.name}, "
    return f"{span}{source.stat().st_size} bytes" if source.is_file() else span


def _is_cut(source: Path, target: Path, start_s: float, stop_s: float) -> bool:
    """Return whether `target` is that span of `source`; one that is gone is believed."""
    try:
        with av.open(f"file:{target}") as clip:
            found = {name.lower(): text for name, text in clip.metadata.items()}.get("comment", "")
    except (av.FFmpegError, OSError):
        return False
    return str(found).startswith(_mark(source, start_s, stop_s))
