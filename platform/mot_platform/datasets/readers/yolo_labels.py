"""YOLO text, a file for each frame, as the labels of videos.

Files are `labels/VIDEO/000012.txt` or `labels/VIDEO_000012.txt`. Their numbers are 0-based if a video has a
file of number 0, 1-based if not; of a folder of images, the image of that name counts. A frame is labelled if
it has a file, also an empty one.
"""

# R boxes

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mot_platform.datasets.readers.custom_media import MediaNames, first_number
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import Places, VideoLabels
from mot_platform.formats.yolo import NAMES_FILES, YoloRows, read_class_names, sift_yolo


@dataclass(frozen=True, slots=True)
class _FrameFile:
    path: Path
    name: str
    """Path below the folder of labels, without ending."""
    number: int


def read_yolo_labels(
    folder: Path, files: Sequence[Path], media: MediaNames, log: ProblemLog, *, names_in: Sequence[Path]
) -> dict[str, VideoLabels]:
    """Return the labels in files of frames by the name of the video.

    Args:
        folder: The `labels` folder, below which paths name videos.
        files: Those to read.
        media: What videos there are.
        log: What is wrong is noted there.
        names_in: Folders where the names of classes may be, in a `data.yaml` or `classes.txt`.
    """
    names = _class_names([*names_in, folder], log)
    by_video: dict[str, list[_FrameFile]] = {}
    for path in files:
        name = path.relative_to(folder).with_suffix("").as_posix()
        split = media.split_number(name)
        if split is None:
            log.add("label files without a frame", path, "no number in its name says which frame; left out")
        else:
            by_video.setdefault(split[0], []).append(_FrameFile(path, name, split[1]))
    return {video: _labels(video, found, names, media, log) for video, found in by_video.items()}


def _class_names(folders: Sequence[Path], log: ProblemLog) -> Mapping[int, str]:
    """Return the names of the classes, none if no file has them."""
    for path in (folder / name for folder in folders for name in NAMES_FILES):
        if not path.is_file():
            continue
        try:
            return read_class_names(path)
        except (ValueError, OSError) as error:
            log.add_unreadable(path, error)
    return {}


def _labels(
    video: str, files: Sequence[_FrameFile], names: Mapping[int, str], media: MediaNames, log: ProblemLog
) -> VideoLabels:
    """Return the labels of one video."""
    first = first_number(file.number for file in files)
    matched = media.match(video) or ""
    frames, rows = [], []
    for file in files:
        place = media.frame_of_image(matched, file.name)
        frames.append(file.number - first if place is None else place)
        rows.append(_read(file.path, log))
    lengths = [len(part.line) for part in rows]
    numbers = np.concatenate([part.class_id for part in rows])
    used = np.unique(np.concatenate([numbers, np.array(list(names), np.int64)]))
    num_boxes = len(numbers)
    return VideoLabels(
        places=Places(
            files=tuple(file.path for file in files),
            file=np.repeat(np.arange(len(files)), lengths),
            line=np.concatenate([part.line for part in rows]),
        ),
        by_time=False,
        position=np.repeat(np.array(frames, np.int64), lengths),
        labelled=np.unique(np.array(frames, np.int64)),
        track_id=np.concatenate([part.track_id for part in rows]),
        class_id=np.searchsorted(used, numbers),
        class_names=tuple(names.get(number, f"class {number}") for number in used.tolist()),
        xyxy=np.concatenate([part.xyxy for part in rows]),
        normalised=True,
        visibility=np.ones(num_boxes, np.float32),
        ignored=np.zeros(num_boxes, bool),
        action=np.zeros((num_boxes, 0), bool),
        has_action=np.zeros(num_boxes, bool),
    )


def _read(path: Path, log: ProblemLog) -> YoloRows:
    """Return the boxes of one frame, none if the file can't be read."""
    try:
        rows = sift_yolo(path)
    except (ValueError, OSError) as error:
        log.add_unreadable(path, error)
        none = np.zeros(0, np.int64)
        return YoloRows(class_id=none, xyxy=np.zeros((0, 4)), track_id=none, line=none)
    for problem in rows.problems:
        log.add("rows that can't be read", f"{path}:{problem.line}", f"{problem.what}; left out")
    return rows
