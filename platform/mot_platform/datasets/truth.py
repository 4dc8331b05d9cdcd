"""The ground truth of a split in the shape that evaluation reads."""

# R boxes, A actions

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.corpus import LabelledVideo, read_corpus
from mot_platform.datasets.index import is_index, read_index
from mot_platform.datasets.source import BoxLabels, Source, SourceVideo, SplitRange, action_numbers, videos_of
from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import MotRows, SequenceInfo
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.tracks.mot_preprocessing import PEDESTRIAN_CLASS
from mot_platform.schema import Vocabulary

DISTRACTOR_CLASS = 8
"""MOTChallenge's number for what is neither an object to find nor background."""


def read_labelled(
    data: Path, split: str | None, vocabulary: Vocabulary, *, source: str | None = None
) -> list[LabelledVideo]:
    """Return what to evaluate on: a split of an index, or all of the folder of a corpus.

    Args:
        data: Which of them.
        split: Name of the split of an index, None for the folder of a corpus.
        vocabulary: What the model knows.
        source: Name of a source of an index, None for all.

    Raises:
        InputError: if it is neither, or what is selected has no labels, or none that the model knows.
    """
    if not is_index(data):
        if split is not None or source is not None:
            raise InputError(f"{data}: --split and --source need an index, see `mot-action data prepare`")
        return read_corpus(data)
    sources = read_index(data, source=source).sources
    splits = sorted({part.split for one in sources for video in one.videos for part in video.splits})
    known = ", ".join(splits) or "none"
    if split is None:
        raise InputError(f"{data}: an index; choose what to score with --split; it has {known}")
    found = labelled_videos(sources, split, vocabulary)
    if not found:
        raise InputError(
            f"{data}: no labelled frame of a video that is ready in split {split!r}; it has {known}"
        )
    return found


def labelled_videos(sources: Sequence[Source], split: str, vocabulary: Vocabulary) -> list[LabelledVideo]:
    """Return the ranges of a split with their ground truth; frames count as in the whole video.

    Args:
        sources: Where to look.
        split: Which frames.
        vocabulary: What the model knows; boxes of other classes are left out, and an action of a name that
            the model knows gets the model's number.

    Raises:
        InputError: if a source labels no class that the model knows with every object.
    """
    found = videos_of(sources, split)
    names = {source.name for source, _ in found}
    numbers = action_numbers(
        [source for source in sources if source.name in names],
        known=dict(zip(vocabulary.action_names, vocabulary.action_ids, strict=True)),
    )
    labelled = []
    for source, video in found:
        ranges = video.ranges(split)
        for part in ranges:
            name = video.name.replace("/", "_") if len(names) == 1 else _joined(source, video)
            if len(ranges) > 1:
                name = f"{name}-{part.start_frame}-{part.stop_frame}"
            if _inside(video.labelled_frames, part).any():
                labelled.append(
                    _labelled(source, video, part, name=name, vocabulary=vocabulary, numbers=numbers)
                )
    return labelled


def _joined(source: Source, video: SourceVideo) -> str:
    return f"{source.name}.{video.name.replace('/', '_')}"


def _labelled(
    source: Source,
    video: SourceVideo,
    part: SplitRange,
    *,
    name: str,
    vocabulary: Vocabulary,
    numbers: Mapping[str, int],
) -> LabelledVideo:
    """Return one range of a video; `numbers` are those of actions by name."""
    classes = frozenset(source.complete_classes) & frozenset(vocabulary.class_names)
    if not classes:
        raise InputError(
            f"source {source.name} has every object of {', '.join(source.complete_classes) or 'no class'}, "
            f"but the model knows {', '.join(vocabulary.class_names)}: there is nothing to score"
        )
    scored = video.labelled_frames[_inside(video.labelled_frames, part)]
    columns = [source.class_names.index(one) for one in classes]
    boxes = video.boxes
    boxes = boxes[np.isin(boxes.frame_index, scored) & np.isin(boxes.class_id, columns)]
    return LabelledVideo(
        uri=video.uri,
        truth=_truth(source, video, boxes, name=name, numbers=numbers),
        frames=range(part.start_frame, part.stop_frame),
        scored_frames=scored,
        scored_classes=classes,
        has_ids=source.has_ids,
    )


def _truth(
    source: Source, video: SourceVideo, boxes: BoxLabels, *, name: str, numbers: Mapping[str, int]
) -> SequenceTruth:
    facts = video.facts
    if facts is None:
        raise InputError(f"{video.uri}: {video.status}: {video.error}")
    return SequenceTruth(
        info=SequenceInfo(
            name=name,
            frame_rate_hz=facts.frame_rate_hz,
            num_frames=video.num_frames,
            width_px=facts.width_px,
            height_px=facts.height_px,
        ),
        rows=_rows(boxes),
        actions=boxes.action & boxes.has_action[:, None],
        action_ids=tuple(numbers[action] for action in source.action_names),
    )


def _rows(boxes: BoxLabels) -> MotRows:
    """Return boxes as MOTChallenge has them: what is ignored, as distractors with a flag of 0.

    A box without identity gets one of its own.
    """
    nameless = boxes.track_id < 0
    track_id = boxes.track_id.copy()
    track_id[nameless] = boxes.track_id.max(initial=0) + 1 + np.arange(nameless.sum())
    return MotRows(
        frame_index=boxes.frame_index,
        track_id=track_id,
        xyxy=boxes.xyxy,
        score=(~boxes.ignored).astype(np.float64),
        class_id=np.where(boxes.ignored, DISTRACTOR_CLASS, PEDESTRIAN_CLASS),
        visibility=boxes.visibility.astype(np.float64),
    )


def _inside(frame_index: Array, part: SplitRange) -> Array:
    inside: Array = (frame_index >= part.start_frame) & (frame_index < part.stop_frame)
    return inside
