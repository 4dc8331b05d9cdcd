"""MOTChallenge ground truth as the labels of a video.

Frames are 1-based in the file and 0-based here. The class column means what MOTChallenge has it mean, unless
`gt/labels.txt`, which CVAT writes, names the classes. Files of six, seven or ten columns have one class.
"""

# R boxes, K names of classes

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import MAX_FRAMES, Places, VideoLabels
from mot_platform.formats.motchallenge import MotRows, SequenceInfo, read_seqinfo, sift_mot

PERSON = "person"
CLASSES_FILE = "labels.txt"
_OCCLUDERS = (9, 10, 11)
"""On the ground, full, of a group: things that hide people. No objects to find, so they are left out."""


@dataclass(frozen=True, slots=True)
class MotClass:
    """What a number in the class column stands for here."""

    name: str
    ignored: bool = False


MOT17_CLASSES = {
    1: MotClass(PERSON),
    2: MotClass(PERSON, ignored=True),  # on a vehicle
    3: MotClass("car"),
    4: MotClass("bicycle"),
    5: MotClass("motorbike"),
    6: MotClass("non-motorised vehicle"),
    7: MotClass(PERSON, ignored=True),  # static
    8: MotClass(PERSON, ignored=True),  # distractor
    12: MotClass(PERSON, ignored=True),  # reflection
    13: MotClass(PERSON, ignored=True),  # crowd, in MOT20
}
"""Classes of MOT16, MOT17 and MOT20 by number.

Source: Milan et al., MOT16: A Benchmark for Multi-Object Tracking, 2016, table 3.
"""
MOT20_CLASSES = MOT17_CLASSES | {6: MotClass(PERSON, ignored=True)}
"""MOT20 forgives predictions on non-motorised vehicles too: riders are hardly told from them."""
_BENCHMARKS = (MOT17_CLASSES, MOT20_CLASSES)
NOT_COMPLETE = ("car", "bicycle", "motorbike", "non-motorised vehicle")
"""Classes of which MOTChallenge labels only what hides people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MotFile:
    """A ground truth, and what is known of its video."""

    gt: Path
    info: SequenceInfo | None = None
    """What `seqinfo.ini` says: all its frames are labelled. Without it, those up to the last with a box."""


def read_info(folder: Path, log: ProblemLog) -> SequenceInfo | None:
    """Return what the `seqinfo.ini` of a sequence says, None if there is none or it can't be used."""
    path = folder / "seqinfo.ini"
    if not path.is_file():
        return None
    try:
        return read_seqinfo(path)
    except (ValueError, OSError) as error:
        log.add_unreadable(path, error)
        return None


def read_mot_labels(
    file: MotFile, log: ProblemLog, *, classes: dict[int, MotClass] | None = None
) -> VideoLabels | None:
    """Return the labels in a `gt.txt`; rows that can't be read are noted and left out.

    Args:
        file: Where it is.
        log: What is wrong is noted there.
        classes: What the class column means; None for `labels.txt` beside it or else `MOT17_CLASSES`. A
            number that is not in it is left out and noted.

    Returns:
        None if nothing can be read.
    """
    try:
        sifted = sift_mot(file.gt)
    except (ValueError, OSError) as error:
        log.add_unreadable(file.gt, error)
        return None
    for problem in sifted.problems:
        log.add("rows that can't be read", f"{file.gt}:{problem.line}", f"{problem.what}; left out")
    meaning = classes or _named_classes(file.gt.parent / CLASSES_FILE) or MOT17_CLASSES
    labels = _labels(file, sifted.rows, sifted.line, meaning)
    known = np.isin(sifted.rows.class_id, [*meaning, *_OCCLUDERS])
    log.add_rows(
        "classes without a meaning",
        labels.places,
        ~known,
        lambda row: f"class {sifted.rows.class_id[row]} is none of MOTChallenge's; left out",
    )
    return labels[np.isin(sifted.rows.class_id, list(meaning))]


def _named_classes(path: Path) -> dict[int, MotClass] | None:
    """Return the classes that a file names, one a line; the first is number 1."""
    if not path.is_file():
        return None
    names = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return {number: MotClass(name.strip()) for number, name in enumerate(names, start=1) if name.strip()}


def _labels(file: MotFile, rows: MotRows, line: Array, meaning: dict[int, MotClass]) -> VideoLabels:
    """Return all rows, those of a class without meaning as the first class."""
    numbers, inverse = np.unique(rows.class_id, return_inverse=True)
    used = {1, *numbers.tolist()} if meaning in _BENCHMARKS else meaning
    names = tuple(dict.fromkeys(entry.name for number, entry in meaning.items() if number in used))
    place = {number: names.index(entry.name) for number, entry in meaning.items() if number in used}
    class_id = np.array([place.get(number, 0) for number in numbers.tolist()], np.int64)[inverse]
    distractors = [number for number, entry in meaning.items() if entry.ignored]
    # the flag of vehicles says that they are not people, not that they are to be ignored
    flagged_out = (rows.score == 0) & ((rows.class_id == 1) | (meaning not in _BENCHMARKS))
    info = file.info
    num_frames = min(MAX_FRAMES, info.num_frames if info else int(rows.frame_index.max(initial=-1)) + 1)
    return VideoLabels(
        places=Places.in_file(file.gt, line),
        by_time=False,
        position=rows.frame_index,
        labelled=np.arange(num_frames),
        track_id=rows.track_id,
        class_id=class_id,
        class_names=names,
        xyxy=rows.xyxy,
        visibility=np.clip(rows.visibility, 0, 1).astype(np.float32),
        ignored=np.isin(rows.class_id, distractors) | flagged_out,
        action=np.zeros((len(rows), 0), bool),
        has_action=np.zeros(len(rows), bool),
        num_frames=num_frames if info else None,
        frame_rate_hz=(info.frame_rate_hz or None) if info else None,
        size_wh=(info.width_px, info.height_px) if info and info.width_px else None,
    )
