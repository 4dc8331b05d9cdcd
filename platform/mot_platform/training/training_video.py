"""A labelled video in the words of the network that is to be trained on it."""

# R boxes, L labelled frames, A actions, K classes

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mot_model.network import NetworkConfig
from mot_model.structures import Array
from mot_platform.datasets.source import BoxLabels, Source, SourceVideo, SplitRange
from mot_platform.video.index import VideoIndex


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingVideo:
    """What of a video a split may be trained on, and what its source labels (promise P8)."""

    facts: VideoIndex
    """The media."""
    boxes: BoxLabels
    """R boxes; `class_id` and the columns of `action` are the network's."""
    labelled_frames: Array
    """int64 `(L,)`, ascending."""
    ranges: tuple[SplitRange, ...]
    """The frames of the split; a clip lies in one of them."""
    complete_classes: Array
    """bool `(K,)`: classes of which labelled frames have every object."""
    known_actions: Array
    """bool `(A,)`: actions that the source labels; of the others it says nothing."""


def training_video(source: Source, video: SourceVideo, split: str, network: NetworkConfig) -> TrainingVideo:
    """Return the part of `video` in `split`, with its labels in the words of `network`.

    Words match by name. Boxes of classes that the network does not know are left out.

    Args:
        source: What the video belongs to.
        video: Is ready.
        split: Name of the split.
        network: Classes and actions to learn.
    """
    if video.facts is None:
        raise ValueError(f"{video.uri}: {video.status}, so there are no frames to train on")
    class_of = _places(source.class_names, network.class_names)
    boxes = video.boxes[class_of[video.boxes.class_id] >= 0]
    column_of = _places(network.action_names, source.action_names)
    known = column_of >= 0
    action = np.zeros((len(boxes), len(column_of)), bool)
    action[:, known] = boxes.action[:, column_of[known]]
    return TrainingVideo(
        facts=video.facts,
        boxes=replace(boxes, class_id=class_of[boxes.class_id], action=action),
        labelled_frames=video.labelled_frames,
        ranges=tuple(video.ranges(split)),
        complete_classes=np.isin(network.class_names, source.complete_classes),
        known_actions=known,
    )


def _places(words: Sequence[str], vocabulary: Sequence[str]) -> Array:
    """Return the position of each word in `vocabulary`, -1 where it is not in there."""
    return np.array([vocabulary.index(word) if word in vocabulary else -1 for word in words], np.int64)
