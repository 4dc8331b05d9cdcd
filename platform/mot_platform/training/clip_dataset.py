"""The endless stream of training clips: clip i is a pure function of the configuration, the seed and i."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch.utils.data import Dataset

from mot_model.letterbox import PADDING_VALUE, Letterbox
from mot_model.network import NetworkConfig
from mot_model.structures import Array
from mot_platform.datasets.opening import open_sources
from mot_platform.datasets.source import videos_of
from mot_platform.errors import InputError, MediaError
from mot_platform.training.augmentation import augment
from mot_platform.training.clip_order import ClipOrder
from mot_platform.training.clips import Clip, label_clip
from mot_platform.training.config import SourceConfig, TrainConfig
from mot_platform.training.frame_cache import FrameCache
from mot_platform.training.mosaic import MOSAIC_CLIPS, mosaic
from mot_platform.training.places import Place, another_place, draw_frames, find_places, repeat_factors
from mot_platform.training.stages import stages_of
from mot_platform.training.training_video import TrainingVideo, training_video
from mot_platform.video.index import VideoIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """What one entry of `data.sources` holds."""

    videos: Sequence[TrainingVideo]
    places: Sequence[Place]


class ClipDataset(Dataset[Clip]):
    """Random access to the stream of clips.

    Args:
        config: The run: sources, augmentation, image sizes, and the seed that fixes the stream.

    Raises:
        InputError: if there is no source, or one has nothing labelled in its split.
    """

    def __init__(self, config: TrainConfig) -> None:
        data = config.data
        if not data.sources:
            raise InputError("data.sources: nothing to train on; name at least one corpus")
        self._config = data
        self._seed = config.seed
        self._stages = stages_of(config)
        self._sources = with_own_ids(
            [open_training_source(entry, data.clip_frames, config.network) for entry in data.sources]
        )
        factors = [
            repeat_factors(s.places, s.videos, clip_frames=data.clip_frames, threshold=entry.rare_actions)
            for s, entry in zip(self._sources, data.sources, strict=True)
        ]
        weights = [entry.weight for entry in data.sources]
        self.order = ClipOrder(factors, weights, config.seed, neighbours=data.neighbours)
        self._cache = FrameCache(input_wh=config.network.input_wh, capacity_mib=data.cache_mib)
        self._unreadable: set[str] = set()

    def __getitem__(self, number: int) -> Clip:
        """Return clip `number` of the stream."""
        self._resize(self._input_wh(number))
        random = np.random.default_rng((self._seed, 2, number))
        chosen, _, place = self.order.at(number // 2 if self._config.pairs else number)
        source = self._sources[chosen]
        if self._config.pairs and number % 2:
            place = another_place(source.places, place, random)
        clip = self._clip(source, source.places[place], random)
        if random.random() < self._config.augmentation.mosaic_probability:
            others = random.integers(len(source.places), size=MOSAIC_CLIPS - 1)
            parts = [clip, *(self._clip(source, source.places[other], random) for other in others)]
            clip = mosaic(parts, random)
        return augment(clip, self._config.augmentation, random)

    def _input_wh(self, number: int) -> tuple[int, int]:
        """Return the image size of clip `number`, that of the last stage beyond the run's end."""
        return next((s.input_wh for s in self._stages if number < s.stop_clip), self._stages[-1].input_wh)

    def _resize(self, input_wh: tuple[int, int]) -> None:
        """Begin a new cache when the images of a new stage have another size."""
        if self._cache.input_wh != input_wh:
            self._cache.close()
            self._cache = FrameCache(input_wh=input_wh, capacity_mib=self._config.cache_mib)

    def _clip(self, source: TrainingSource, place: Place, random: np.random.Generator) -> Clip:
        """Return the clip of a place as it is in the video; missing frames at its end have no labels."""
        video = source.videos[place.video]
        letterbox = Letterbox(video.facts.size_wh, self._cache.input_wh)
        frames = draw_frames(
            place,
            clip_frames=self._config.clip_frames,
            stride=int(random.choice(self._config.strides)),
            is_reversed=random.random() < self._config.reverse_probability and not video.known_actions.any(),
            random=random,
        )
        pixels = self._decode(video.facts, frames, letterbox)
        return label_clip(
            video,
            frames[: len(pixels)],
            self._padded(pixels, letterbox),
            letterbox,
            min_visibility=self._config.min_visibility,
        )

    def _decode(self, facts: VideoIndex, frames: Array, letterbox: Letterbox) -> Array:
        """Return the frames, uint8 `(n, h, w, 3)`, none if they can't be read: a run outlives a bad video."""
        try:
            return self._cache.read(facts, frames)
        except MediaError as error:
            if facts.uri not in self._unreadable:
                self._unreadable.add(facts.uri)
                log.warning("%s; the clips that hold it have no labels", error)
            width, height = letterbox.content_wh
            return np.zeros((0, height, width, 3), np.uint8)

    def _padded(self, pixels: Array, letterbox: Letterbox) -> Array:
        """Return a whole clip of the network's size; the last frame is repeated, or all are grey."""
        missing = self._config.clip_frames - len(pixels)
        last = pixels[-1:] if len(pixels) else np.full((1, *pixels.shape[1:]), PADDING_VALUE, np.uint8)
        return letterbox.pad(np.concatenate([pixels, np.repeat(last, missing, axis=0)]))


def with_own_ids(sources: Sequence[TrainingSource]) -> list[TrainingSource]:
    """Return the sources with track ids that no two videos share, as the identity loss needs them."""
    first = 0
    renamed = []
    for source in sources:
        videos = []
        for video in source.videos:
            ids, number = np.unique(video.boxes.track_id, return_inverse=True)
            own = np.where(ids >= 0, first + np.arange(len(ids)), -1)
            videos.append(replace(video, boxes=replace(video.boxes, track_id=own[number])))
            first += len(ids)
        renamed.append(replace(source, videos=videos))
    return renamed


def open_training_source(entry: SourceConfig, clip_frames: int, network: NetworkConfig) -> TrainingSource:
    """Return the videos and places of an entry of `data.sources`.

    Raises:
        InputError: if there is no such source, or nothing labelled in its split.
    """
    found = [
        training_video(source, video, entry.split, network)
        for source, video in videos_of(open_sources(entry.root, entry.source), entry.split)
    ]
    places = find_places(found, clip_frames)
    if not places:
        raise InputError(
            f"data.sources: nothing labelled to train on in split {entry.split} of {entry.root}; "
            "`mot-action data show` tells what there is"
        )
    return TrainingSource(found, places)
