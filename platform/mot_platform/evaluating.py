"""A corpus through the engine and into every metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.engine import Engine
from mot_model.structures import Detections, Tracks
from mot_platform.corpus import LabelledVideo
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark
from mot_platform.tracking import track_video


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the engine found in one video."""

    detections: list[Detections]
    """Of each frame, before association."""
    tracks: Tracks
    """Of all frames."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """What the engine found in a corpus, and how good it is."""

    tracks: dict[str, Tracks]
    """By name of the sequence."""
    report: EvaluationReport


def evaluate(
    engine: Engine,
    videos: Sequence[LabelledVideo],
    *,
    benchmark: Benchmark = "plain",
    video_done: Callable[[str], None] | None = None,
) -> Evaluation:
    """Track every video and score what is found against its ground truth.

    Args:
        engine: The model.
        videos: What to track, see `read_corpus`.
        benchmark: Which ground truth counts.
        video_done: Called with the name of each video when it is tracked.

    Raises:
        MediaError: if a video can't be decoded.
        ValueError: if the ground truth is unsound.
    """
    findings = {}
    for video in videos:
        findings[video.name] = find(engine, video.uri, video.frames)
        if video_done is not None:
            video_done(video.name)
    report = score(engine, videos, findings, benchmark=benchmark)
    return Evaluation(tracks={name: found.tracks for name, found in findings.items()}, report=report)


def find(engine: Engine, uri: str, only: range | None = None) -> Findings:
    """Return all that the engine finds in the video at `uri`, or in some of its frames."""
    frames = list(track_video(engine, uri, only))
    return Findings(
        detections=[detections for detections, _ in frames],
        tracks=Tracks.concatenate([tracks for _, tracks in frames], len(engine.action_ids)),
    )


def score(
    engine: Engine,
    videos: Sequence[LabelledVideo],
    findings: Mapping[str, Findings],
    *,
    benchmark: Benchmark = "plain",
    with_motmetrics: bool = True,
) -> EvaluationReport:
    """Return the scores of `findings`: identity and action of the tracks, detection before association."""
    scored = {video.name: _scored(engine, video, findings[video.name]) for video in videos}
    return evaluate_sequences(
        [video.truth for video in videos],
        {name: found.tracks for name, found in scored.items()},
        benchmark=benchmark,
        detections={name: found.detections for name, found in scored.items()},
        action_ids=engine.action_ids,
        action_names=dict(zip(engine.action_ids, engine.action_names, strict=True)),
        with_motmetrics=with_motmetrics,
    )


def _scored(engine: Engine, video: LabelledVideo, found: Findings) -> Findings:
    """Return what of the findings can be scored: frames and classes that are labelled."""
    if video.scored_frames is not None:
        tracks = found.tracks[np.isin(found.tracks.frame_index, video.scored_frames)]
        labelled = set(video.scored_frames.tolist())
        found = Findings(
            detections=[one for one in found.detections if one.frame_index in labelled], tracks=tracks
        )
    if video.scored_classes is not None and not video.scored_classes.issuperset(engine.class_names):
        known = [number for number, name in enumerate(engine.class_names) if name in video.scored_classes]
        found = Findings(
            detections=[one[np.isin(one.class_id, known)] for one in found.detections],
            tracks=found.tracks[np.isin(found.tracks.class_id, known)],
        )
    return found
