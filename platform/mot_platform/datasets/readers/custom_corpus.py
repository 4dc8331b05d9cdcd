"""Custom videos: a folder of them, with labels in any of the known formats beside them or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mot_platform.datasets.readers.custom_labels import CustomLabelReader, NamedLabels
from mot_platform.datasets.readers.custom_media import MediaNames, find_media, without_ending
from mot_platform.datasets.readers.label_files import LabelFormat
from mot_platform.datasets.readers.mot_labels import NOT_COMPLETE
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import FoundSource, FoundVideo, VideoLabels
from mot_platform.errors import InputError

FORMATS = "MOTChallenge gt.txt, CVAT for video xml, COCO json, YOLO txt, AVA csv"
_BEST_FIRST: tuple[LabelFormat, ...] = ("mot", "cvat", "coco", "yolo", "ava")
_SPLIT_OF_FOLDER = re.compile(r"(?:^|/)(train|val|test)/")
_SPLIT_OF_FILE = re.compile(r"(?:^|[_.-])(train|val|test)(?=[_.-])")


def read_custom_corpus(root: Path, labels: Path | None, log: ProblemLog) -> FoundSource:
    """Return the videos below a folder, and those that labels are of without being there.

    Args:
        root: Folder of videos, folders of images, and labels.
        labels: File or folder of labels that are not in `root`; then those in it are not read.
        log: What is wrong is noted there.

    Raises:
        InputError: if there is neither a video nor a label, or `labels` is none.
    """
    media = MediaNames(find_media(root))
    if labels is not None and not labels.exists():
        raise InputError(f"{labels}: no such file or folder of labels")
    read = CustomLabelReader(labels.resolve() if labels else root, media, log).read()
    if labels is not None and not read.num_files:
        raise InputError(f"{labels}: no labels in a format that is known: {FORMATS}")
    if not media.media and not read.num_files:
        raise InputError(f"{root}: no video, no images and no labels in it")
    if not read.found:
        log.add("no labels", root, f"no labels that can be used; known are {FORMATS}", fatal=True)
    by_video: dict[str, list[NamedLabels]] = {name: [] for name in media.media}
    for found in read.found:
        by_video.setdefault(_video_of(found, read.found, media), []).append(found)
    videos = [_video(name, root, media, found, log) for name, found in by_video.items()]
    return FoundSource(videos=videos, incomplete_classes=NOT_COMPLETE, action_ids=read.action_ids)


def _video_of(found: NamedLabels, every: Sequence[NamedLabels], media: MediaNames) -> str:
    """Return the name of the video that labels are of: what they say, or the only one beside their file."""
    if name := media.match(found.video):
        return name
    beside = [name for name, path in media.media.items() if path in (found.media, found.file.parent)]
    if not beside:
        beside = [name for name, path in media.media.items() if path.parent == found.file.parent]
    alone = sum(other.file == found.file for other in every) == 1
    return beside[0] if len(beside) == 1 and alone else without_ending(found.video)


def _video(
    name: str, root: Path, media: MediaNames, found: Sequence[NamedLabels], log: ProblemLog
) -> FoundVideo:
    """Return a video with those of its labels that go together."""
    labels = _together(name, found, log)
    return FoundVideo(
        name=name,
        uri=str(media.media.get(name, root / name)),
        labels=labels,
        official_split=_split_of(name, found),
        frame_rate_hz=labels[0].frame_rate_hz if labels else None,
    )


def _split_of(name: str, found: Sequence[NamedLabels]) -> str | None:
    """Return the split that the folder of a video, or the name of a csv or json of many videos, tells."""
    files = [part.file.name for part in found if part.kind in ("ava", "coco")]
    matches = [_SPLIT_OF_FOLDER.search(name), *map(_SPLIT_OF_FILE.search, files)]
    return next((match[1] for match in matches if match), None)


def _together(name: str, found: Sequence[NamedLabels], log: ProblemLog) -> tuple[VideoLabels, ...]:
    """Return the labels of the best format, with the actions that AVA has of its ids; others are noted."""
    ranked = sorted(found, key=lambda part: _BEST_FIRST.index(part.kind))
    if not ranked:
        return ()
    taken = [ranked[0]]
    for other in ranked[1:]:
        complements = other.kind == "ava" and other.labels.has_ids() and not taken[0].labels.action_names
        if complements and taken[0].labels.has_ids() and len(taken) == 1:
            taken.append(other)
        else:
            log.add(
                "labels of one video twice",
                other.file,
                f"labels of {name} are in {log.place(taken[0].file)} too; those are taken, these left out",
            )
    return tuple(part.labels for part in taken)
