"""COCO json as the labels of its videos.

`frame_id` and `frame_index` are 0-based, unless the file has no frame 0 but a frame 1. Without them, the
number in the name of the image's file counts in the same way; of a folder of images, its place in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.custom_media import MediaNames, first_number
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import Places, VideoLabels
from mot_platform.errors import InputError
from mot_platform.formats.coco_video import ENTRIES, CocoImage, CocoVideos, read_coco_videos


def read_coco_labels(path: Path, media: MediaNames, log: ProblemLog) -> dict[str, VideoLabels]:
    """Return the labels in a file by the name of the video, nothing if it can't be read.

    All images of a file are labelled.
    """
    try:
        coco = read_coco_videos(path)
    except InputError as error:
        log.add_unreadable(path, error)
        return {}
    for place, what in coco.problems:
        log.add("entries that can't be used", f"{path}: {place}", what)
    found = [_video_and_number(image, media) for image in coco.images]
    for number, (entry, image) in enumerate(zip(found, coco.images, strict=True)):
        if entry is None:
            log.add(
                "entries that can't be used",
                f"{path}: images[{number}]",
                f"nothing says which frame of which video {image.file_name or 'it'} is; left out",
            )
    first = first_number(entry[1] for entry in found if entry)
    video = np.array([entry[0] if entry else "" for entry in found], np.str_)
    frame = np.array(
        [
            -1 if entry is None else _frame(entry, image, media, first)
            for entry, image in zip(found, coco.images, strict=True)
        ],
        np.int64,
    )
    names = dict.fromkeys(entry[0] for entry in found if entry)
    return {name: _labels(path, coco, video == name, frame) for name in names}


def _video_and_number(image: CocoImage, media: MediaNames) -> tuple[str, int] | None:
    """Return the video of an image and its number as the file has it, None if nothing says."""
    if image.video and image.number is not None:
        return image.video, image.number
    split = media.split_number(image.file_name.rpartition(".")[0])
    if split is None:
        return None
    return image.video or split[0], split[1] if image.number is None else image.number


def _frame(entry: tuple[str, int], image: CocoImage, media: MediaNames, first: int) -> int:
    """Return the frame of an image: its place in its folder, or else by its number."""
    place = media.frame_of_image(media.match(entry[0]) or "", image.file_name)
    return entry[1] - first if place is None else place


def _labels(path: Path, coco: CocoVideos, of_video: Array, frame: Array) -> VideoLabels:
    """Return the labels of one video, of which a mask selects the images."""
    rows = np.flatnonzero(of_video[coco.image]) if len(coco.image) else np.zeros(0, np.int64)
    xywh = coco.xywh[rows]
    sizes = {image.size_wh for image, mine in zip(coco.images, of_video.tolist(), strict=True) if mine}
    return VideoLabels(
        places=Places.in_file(path, coco.entry[rows], entry=ENTRIES),
        by_time=False,
        position=frame[coco.image[rows]],
        labelled=np.unique(frame[of_video]),
        track_id=coco.track_id[rows],
        class_id=coco.class_id[rows],
        class_names=coco.class_names,
        xyxy=np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1),
        visibility=np.ones(len(rows), np.float32),
        ignored=coco.crowd[rows],
        action=np.zeros((len(rows), 0), bool),
        has_action=np.zeros(len(rows), bool),
        size_wh=sizes.pop() if len(sizes) == 1 else None,
    )
