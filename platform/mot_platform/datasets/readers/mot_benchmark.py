"""MOT17 and MOT20 as they are downloaded: `MOT17/train/MOT17-02-DPM/{img1,gt,det,seqinfo.ini}`, and parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from mot_platform.datasets.readers.mot_labels import (
    MOT17_CLASSES,
    MOT20_CLASSES,
    NOT_COMPLETE,
    MotFile,
    read_info,
    read_mot_labels,
)
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import FoundSource, FoundVideo
from mot_platform.errors import InputError
from mot_platform.video.picked_frames import frames_beside

MotBenchmark = Literal["mot17", "mot20"]
_MAX_DEPTH = 3
_COPY = re.compile(r"-(?:DPM|FRCNN|SDP)$")
"""MOT17 has every video three times, once for each detector whose boxes come with it."""
_TEST = "test"


def read_mot_benchmark(root: Path, benchmark: MotBenchmark, log: ProblemLog) -> FoundSource:
    """Return the sequences of MOT17 or MOT20.

    Args:
        root: Folder that has `MOT17` or `MOT20` in it, or `train` and `test`, or sequences, or is one.
        benchmark: Which of them.
        log: What is wrong is noted there.

    Raises:
        InputError: if there is no sequence.
    """
    folders = list(sequence_folders(root / benchmark.upper()) or sequence_folders(root))
    if not folders:
        raise InputError(f"{root}: no sequence of {benchmark.upper()} in it; expected {_EXPECTED}")
    by_name: dict[str, list[Path]] = {}
    for folder in folders:
        by_name.setdefault(_COPY.sub("", folder.name), []).append(folder)
    videos = [_video(name, _best(copies), benchmark, log) for name, copies in by_name.items()]
    return FoundSource(videos=videos, incomplete_classes=NOT_COMPLETE)


def sequence_folders(root: Path) -> list[Path]:
    """Return the folders of sequences at `root` or below it, by path; none if it is no folder."""
    levels: Iterator[Path] = iter([root.resolve()])
    patterns = ["/".join("*" * depth) for depth in range(1, _MAX_DEPTH + 1)]
    candidates = [*levels, *(path for pattern in patterns for path in sorted(root.resolve().glob(pattern)))]
    return [path for path in candidates if path.is_dir() and _is_sequence(path)]


_EXPECTED = "[train/]SEQUENCE/gt/gt.txt, SEQUENCE/seqinfo.ini or SEQUENCE/img1"


def _is_sequence(folder: Path) -> bool:
    return any((folder / part).exists() for part in ("seqinfo.ini", "gt/gt.txt", "img1"))


def _best(copies: list[Path]) -> Path:
    """Return the copy of a sequence that has most of what is needed."""
    return max(copies, key=lambda folder: (frames_beside(folder) is not None, _gt(folder).is_file()))


def _gt(folder: Path) -> Path:
    return folder / "gt" / "gt.txt"


def _video(name: str, folder: Path, benchmark: MotBenchmark, log: ProblemLog) -> FoundVideo:
    info = read_info(folder, log)
    classes = MOT20_CLASSES if benchmark == "mot20" else MOT17_CLASSES
    labels = None
    if _gt(folder).is_file():
        labels = read_mot_labels(MotFile(gt=_gt(folder), info=info), log, classes=classes)
    return FoundVideo(
        name=name,
        uri=frames_beside(folder) or str(folder / "img1"),
        labels=(labels,) if labels is not None else (),
        official_split=_TEST if folder.parent.name == _TEST or not _gt(folder).is_file() else None,
        frame_rate_hz=info.frame_rate_hz if info else None,
    )
