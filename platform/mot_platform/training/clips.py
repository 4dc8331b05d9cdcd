"""A clip with its labels, and clips as a batch."""

# T frames, G objects of a clip (one slot per track), A actions, K classes

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from mot_model.clip import ClipBatch
from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.datasets.source import BoxLabels
from mot_platform.training.training_video import TrainingVideo


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """One clip, augmented, in the network's input pixels. See `ClipBatch` for the meaning of the masks."""

    pixels: Array
    """uint8 `(T, H, W, 3)`."""
    xyxy: Array
    """float32 `(T, G, 4)`."""
    present: Array
    """bool `(T, G)`."""
    ignored: Array
    """bool `(T, G)`."""
    class_id: Array
    """int64 `(T, G)`."""
    track_id: Array
    """int64 `(T, G)`, the same in all clips of a video; -1 without identities."""
    action: Array
    """float32 `(T, G, A)`."""
    has_action: Array
    """bool `(T, G, A)`."""
    has_boxes: Array
    """bool `(T, K)`."""


def label_clip(
    video: TrainingVideo, frames: Array, pixels: Array, letterbox: Letterbox, *, min_visibility: float
) -> Clip:
    """Return `pixels`, whose first frames are `frames` of the video, with a slot for each track in them.

    Boxes without identity take the slots that are left in their frame.

    Args:
        video: Labels.
        frames: int64, the video's frames in the order of the clip, at least one; `pixels` beyond them have no
            labels.
        pixels: uint8 `(T, H, W, 3)`, padded to the network's input.
        letterbox: From source to input pixels.
        min_visibility: Less visible objects are ignored.
    """
    order = np.argsort(frames)
    first, last = min(frames, default=0), max(frames, default=-1)
    boxes = video.boxes[slice(*np.searchsorted(video.boxes.frame_index, [first, last + 1]))]
    boxes = boxes[np.isin(boxes.frame_index, frames)]
    time = order[np.searchsorted(frames, boxes.frame_index, sorter=order)]
    tracks, slot = slots_of(boxes)
    place = time, slot
    shape = (len(pixels), len(tracks))
    num_actions = len(video.known_actions)
    xyxy = np.zeros((*shape, 4), np.float32)
    present, ignored = np.zeros(shape, bool), np.zeros(shape, bool)
    class_id = np.zeros(shape, np.int64)
    action, has_action = np.zeros((*shape, num_actions), np.float32), np.zeros((*shape, num_actions), bool)
    has_boxes = np.zeros((len(pixels), len(video.complete_classes)), bool)
    xyxy[place] = letterbox.to_input(boxes.xyxy)
    present[place] = True
    ignored[place] = boxes.ignored | (boxes.visibility < min_visibility)
    class_id[place] = boxes.class_id
    action[place] = boxes.action
    has_action[place] = boxes.has_action[:, None] & video.known_actions
    has_boxes[: len(frames)][np.isin(frames, video.labelled_frames)] = video.complete_classes
    return Clip(
        pixels=pixels,
        xyxy=xyxy,
        present=present,
        ignored=ignored,
        class_id=class_id,
        track_id=np.broadcast_to(tracks, shape),
        action=action,
        has_action=has_action,
        has_boxes=has_boxes,
    )


def slots_of(boxes: BoxLabels) -> tuple[Array, Array]:
    """Return the track id of each slot, -1 for those without identity, and the slot of each box, int64."""
    tracks, slot = np.unique(boxes.track_id, return_inverse=True)
    without = boxes.track_id < 0
    if not without.any():
        return tracks, slot
    known = tracks[tracks >= 0]
    frame = boxes.frame_index[without]
    rank = np.arange(len(frame)) - np.searchsorted(frame, frame)
    slot = slot - (len(tracks) - len(known))
    slot[without] = len(known) + rank
    return np.concatenate([known, np.full(rank.max() + 1, -1)]), slot


def collate(clips: list[Clip]) -> ClipBatch:
    """Return the clips as one batch, padded to the most objects."""
    num_slots = max(clip.present.shape[1] for clip in clips)

    def padded(name: str, value: int = 0) -> torch.Tensor:
        arrays = [getattr(clip, name) for clip in clips]
        widths = [[(0, 0), (0, num_slots - a.shape[1]), *[(0, 0)] * (a.ndim - 2)] for a in arrays]
        same_size = [np.pad(a, w, constant_values=value) for a, w in zip(arrays, widths, strict=True)]
        return torch.from_numpy(np.stack(same_size))

    return ClipBatch(
        pixels=torch.from_numpy(np.stack([clip.pixels for clip in clips])),
        xyxy=padded("xyxy"),
        present=padded("present"),
        ignored=padded("ignored"),
        class_id=padded("class_id"),
        track_id=padded("track_id", -1),
        action=padded("action"),
        has_action=padded("has_action"),
        has_boxes=torch.from_numpy(np.stack([clip.has_boxes for clip in clips])),
    )
