"""A corpus through the engine and into every metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
        findings[video.name] = find(engine, video.uri)
        if video_done is not None:
            video_done(video.name)
    report = score(engine, videos, findings, benchmark=benchmark)
    return Evaluation(tracks={name: found.tracks for name, found in findings.items()}, report=report)


def find(engine: Engine, uri: str) -> Findings:
    """Return all that the engine finds in the video at `uri`."""
    frames = list(track_video(engine, uri))
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
    return evaluate_sequences(
        [video.truth for video in videos],
        {name: found.tracks for name, found in findings.items()},
        benchmark=benchmark,
        detections={name: found.detections for name, found in findings.items()},
        action_ids=engine.action_ids,
        action_names=dict(zip(engine.action_ids, engine.action_names, strict=True)),
        with_motmetrics=with_motmetrics,
    )
