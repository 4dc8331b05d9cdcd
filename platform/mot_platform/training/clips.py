"""The endless stream of training clips: clip number i is a pure function of the seed and i.

That is what lets a killed run continue with the very clips it would have seen, on any number of workers.
"""

# T frames, G objects of a clip (one slot per track), A actions, K classes

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset

from mot_model.clip import ClipBatch
from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.corpus import FrameLabels, frame_labels, read_corpus
from mot_platform.errors import InputError
from mot_platform.training.augmentation import draw_transform
from mot_platform.training.config import DataConfig
from mot_platform.training.frame_cache import FrameCache

MAX_CLIP_TRACKS = 4096
"""Stride between the track ids of two clips of a batch; more tracks than this never share a clip."""
MIN_SIDE_PX = 2.0
"""Objects smaller than this in the network's input are ignored."""


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
    """int64 `(T, G)`, -1 without identities."""
    action: Array
    """float32 `(T, G, A)`."""
    has_action: Array
    """bool `(T, G, A)`."""
    has_boxes: Array
    """bool `(T, K)`."""


@dataclass(frozen=True, slots=True)
class TrainingVideo:
    """A video to draw clips from."""

    uri: str
    num_frames: int
    labels: FrameLabels


class ClipDataset(Dataset[Clip]):
    """Random access to the stream of clips.

    Args:
        config: Sources and augmentation.
        input_wh: Size of the network's input.
        action_ids: AVA id of each action column.
        seed: Fixes the stream.

    Raises:
        InputError: if there is no source, or a source has no video.
    """

    def __init__(
        self, config: DataConfig, *, input_wh: tuple[int, int], action_ids: tuple[int, ...], seed: int
    ) -> None:
        if not config.sources:
            raise InputError("data.sources: nothing to train on; name at least one corpus")
        self._config = config
        self._input_wh = input_wh
        self._seed = seed
        self._sources = [
            [
                TrainingVideo(video.uri, video.truth.info.num_frames, frame_labels(video.truth, action_ids))
                for video in read_corpus(source.root)
            ]
            for source in config.sources
        ]
        weights = np.array([source.weight for source in config.sources])
        self._shares = weights / weights.sum()
        self._cache = FrameCache(input_wh=input_wh, capacity_mib=config.cache_mib)

    def __getitem__(self, number: int) -> Clip:
        """Return clip `number` of the stream."""
        random = np.random.default_rng((self._seed, number))
        videos = self._sources[random.choice(len(self._sources), p=self._shares)]
        num_starts = np.array([max(1, video.num_frames - self._config.clip_frames + 1) for video in videos])
        chosen = random.choice(len(videos), p=num_starts / num_starts.sum())
        start = int(random.integers(num_starts[chosen]))
        return self._augmented(self._read(videos[chosen], start), random)

    def _read(self, video: TrainingVideo, start: int) -> Clip:
        """Return the frames from `start` with their labels; missing frames at the end have no labels."""
        num_frames = self._config.clip_frames
        letterbox = self._cache.letterbox(video.uri)
        decoded = self._cache.read(video.uri, start, num_frames)
        pixels = np.concatenate([decoded, np.repeat(decoded[-1:], num_frames - len(decoded), axis=0)])
        frames = slice(start, start + len(decoded))
        return label_clip(
            video.labels, frames, letterbox.pad(pixels), letterbox, min_visibility=self._config.min_visibility
        )

    def _augmented(self, clip: Clip, random: np.random.Generator) -> Clip:
        """Return the clip after one random transform; objects that leave the image are no longer labelled."""
        transform = draw_transform(self._config.augmentation, self._input_wh, random)
        xyxy = transform.boxes(clip.xyxy)
        inside = np.clip(xyxy, 0, np.array([*self._input_wh, *self._input_wh]))
        sides = inside[..., 2:] - inside[..., :2]
        shown = (sides > MIN_SIDE_PX).all(-1) & clip.present
        return Clip(
            pixels=transform.pixels(clip.pixels),
            xyxy=xyxy,
            present=shown,
            ignored=clip.ignored & shown,
            class_id=clip.class_id,
            track_id=clip.track_id,
            action=clip.action,
            has_action=clip.has_action,
            has_boxes=clip.has_boxes,
        )


def label_clip(
    labels: FrameLabels, frames: slice, pixels: Array, letterbox: Letterbox, *, min_visibility: float
) -> Clip:
    """Return `pixels`, whose first frames are `frames` of the video, with one slot per track in them.

    Args:
        labels: Labels of the video.
        frames: Labelled frames; `pixels` beyond them repeat the last and have no labels.
        pixels: uint8 `(T, H, W, 3)`, padded to the network's input.
        letterbox: From source to input pixels.
        min_visibility: Less visible objects are ignored.
    """
    num_frames = len(pixels)
    span = slice(*np.searchsorted(labels.rows.frame_index, [frames.start, frames.stop]))
    rows = labels.rows[span]
    tracks, slot = np.unique(rows.track_id, return_inverse=True)
    place = rows.frame_index - frames.start, slot
    shape = (num_frames, len(tracks))
    xyxy = np.zeros((*shape, 4), np.float32)
    xyxy[place] = letterbox.to_input(rows.xyxy)
    present, ignored = np.zeros(shape, bool), np.zeros(shape, bool)
    present[place] = True
    ignored[place] = (rows.visibility < min_visibility) | (rows.score == 0)
    has_action = np.zeros((*shape, labels.action.shape[1]), bool)
    has_action[place] = labels.has_action[span][:, None]
    action = np.zeros((*shape, labels.action.shape[1]), np.float32)
    action[place] = labels.action[span]
    return Clip(
        pixels=pixels,
        xyxy=xyxy,
        present=present,
        ignored=ignored,
        class_id=np.zeros(shape, np.int64),
        track_id=np.broadcast_to(np.arange(len(tracks)), shape),
        action=action,
        has_action=has_action,
        has_boxes=(np.arange(num_frames) < frames.stop - frames.start)[:, None],
    )


def collate(clips: list[Clip]) -> ClipBatch:
    """Return the clips as one batch, padded to the most objects, ids made unique over the batch."""
    num_slots = max(clip.present.shape[1] for clip in clips)

    def padded(name: str) -> torch.Tensor:
        arrays = [getattr(clip, name) for clip in clips]
        widths = [[(0, 0), (0, num_slots - a.shape[1]), *[(0, 0)] * (a.ndim - 2)] for a in arrays]
        return torch.from_numpy(np.stack([np.pad(a, w) for a, w in zip(arrays, widths, strict=True)]))

    track_id = padded("track_id")
    offset = torch.arange(len(clips)).view(-1, 1, 1) * MAX_CLIP_TRACKS
    return ClipBatch(
        pixels=torch.from_numpy(np.stack([clip.pixels for clip in clips])),
        xyxy=padded("xyxy"),
        present=padded("present"),
        ignored=padded("ignored"),
        class_id=padded("class_id"),
        track_id=torch.where(track_id >= 0, track_id + offset, -1),
        action=padded("action"),
        has_action=padded("has_action"),
        has_boxes=torch.from_numpy(np.stack([clip.has_boxes for clip in clips])),
    )
