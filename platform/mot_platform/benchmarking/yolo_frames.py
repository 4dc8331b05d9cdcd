"""Labelled frames of a training configuration as the folder of pictures and text that YOLO learns from."""

# R boxes, H W pixels

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import yaml

from mot_model.letterbox import PADDING_VALUE, Letterbox
from mot_model.structures import Array
from mot_platform.datasets.source import BoxLabels
from mot_platform.training.clip_dataset import open_training_source
from mot_platform.training.config import TrainConfig
from mot_platform.training.frame_cache import FrameCache
from mot_platform.training.placement import MIN_SIDE_PX
from mot_platform.training.training_video import TrainingVideo

DATA_FILE = "data.yaml"
JPEG_QUALITY = 95
_FRAMES_AT_ONCE = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedFrames:
    """What was written."""

    data_file: Path
    """`data.yaml`, the file that a training is pointed at."""
    num_images: int
    num_boxes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledImage:
    """One frame at the network's scale, without padding."""

    frame_index: int
    pixels: Array
    """uint8 `(H, W, 3)` RGB."""
    class_id: Array
    """int64 `(R,)`."""
    xyxy: Array
    """float32 `(R, 4)`, pixels, inside the frame."""


def export_frames(config: TrainConfig, folder: Path) -> ExportedFrames:
    """Write every labelled frame of `config.data.sources` and return what was written.

    Args:
        config: Sources, size of the network's input, classes, and the least visibility of an object.
        folder: Gets `images/train`, `labels/train` and `data.yaml`.

    Raises:
        InputError: if there is no such source, or nothing labelled in its split.
        MediaError: if a frame can't be read.
    """
    images, labels = folder / "images" / "train", folder / "labels" / "train"
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    num_images, num_boxes = 0, 0
    for number, video in enumerate(_videos(config)):
        for image in labelled_images(video, config):
            name = f"{number:05d}_{image.frame_index:06d}"
            bgr = cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(images / f"{name}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            (labels / f"{name}.txt").write_text(yolo_text(image))
            num_images, num_boxes = num_images + 1, num_boxes + len(image.xyxy)
    names = dict(enumerate(config.network.class_names))
    # The library wants something to validate on; nothing is, so that no test frame steers a training.
    data = {"path": str(folder.absolute()), "train": "images/train", "val": "images/train", "names": names}
    (folder / DATA_FILE).write_text(yaml.safe_dump(data))
    return ExportedFrames(data_file=folder / DATA_FILE, num_images=num_images, num_boxes=num_boxes)


def _videos(config: TrainConfig) -> Iterator[TrainingVideo]:
    for entry in config.data.sources:
        yield from open_training_source(entry, config.data.clip_frames, config.network).videos


def labelled_images(video: TrainingVideo, config: TrainConfig) -> Iterator[LabelledImage]:
    """Yield the labelled frames of a video, in order.

    YOLO knows no ignored regions. So what a label file flags as neither object nor background is painted
    grey where no object covers it, and objects that are hardly visible are left out, as the picture shows
    what hides them.

    Raises:
        MediaError: if a frame can't be read.
    """
    cache = FrameCache(input_wh=config.network.input_wh, capacity_mib=0)
    letterbox = Letterbox(video.facts.size_wh, config.network.input_wh)
    try:
        for frames in _labelled_frames(video):
            for frame, pixels in zip(frames, cache.read(video.facts, frames), strict=False):
                boxes = video.boxes[slice(*np.searchsorted(video.boxes.frame_index, [frame, frame + 1]))]
                yield _image(int(frame), pixels, boxes, letterbox, min_visibility=config.data.min_visibility)
    finally:
        cache.close()


def _labelled_frames(video: TrainingVideo) -> Iterator[Array]:
    """Yield the labelled frames of the video's ranges, some at a time."""
    for part in video.ranges:
        first, stop = np.searchsorted(video.labelled_frames, [part.start_frame, part.stop_frame])
        for start in range(first, stop, _FRAMES_AT_ONCE):
            yield video.labelled_frames[start : min(start + _FRAMES_AT_ONCE, stop)]


def _image(
    frame: int, pixels: Array, boxes: BoxLabels, letterbox: Letterbox, *, min_visibility: float
) -> LabelledImage:
    limit = np.array(letterbox.content_wh * 2, np.float32)
    xyxy = np.clip(letterbox.to_input(boxes.xyxy), 0, limit)
    wanted = ~boxes.ignored & (boxes.visibility >= min_visibility)
    wanted &= (xyxy[:, 2:] - xyxy[:, :2] >= MIN_SIDE_PX).all(axis=1)
    hidden = _covered(pixels, xyxy[boxes.ignored]) & ~_covered(pixels, xyxy[wanted])
    return LabelledImage(
        frame_index=frame,
        pixels=np.where(hidden[..., None], np.uint8(PADDING_VALUE), pixels),
        class_id=boxes.class_id[wanted],
        xyxy=xyxy[wanted],
    )


def _covered(pixels: Array, xyxy: Array) -> Array:
    """Return which pixels boxes cover, bool `(H, W)`."""
    mask = np.zeros(pixels.shape[:2], bool)
    for left, top, right, bottom in np.round(xyxy).astype(int):
        mask[top:bottom, left:right] = True
    return mask


def yolo_text(image: LabelledImage) -> str:
    """Return a line `class, centre x, centre y, width, height` for each box, all but the class as shares."""
    height, width = image.pixels.shape[:2]
    shares = image.xyxy / np.array([width, height, width, height], np.float32)
    centre, size = (shares[:, :2] + shares[:, 2:]) / 2, shares[:, 2:] - shares[:, :2]
    rows = zip(image.class_id, np.hstack([centre, size]), strict=True)
    return "".join(f"{number} {' '.join(f'{share:.6f}' for share in row)}\n" for number, row in rows)
