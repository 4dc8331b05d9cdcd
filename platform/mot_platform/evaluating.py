"""A corpus through the engine and into every metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mot_model.engine import Engine
from mot_model.structures import Tracks
from mot_platform.corpus import LabelledVideo
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.mot_preprocessing import Benchmark
from mot_platform.tracking import track_video


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
    """Track every video and score the tracks against its ground truth.

    Args:
        engine: The model.
        videos: What to track, see `read_corpus`.
        benchmark: Which ground truth counts.
        video_done: Called with the name of each video when it is tracked.

    Raises:
        MediaError: if a video can't be decoded.
        ValueError: if the ground truth is unsound.
    """
    tracks = {}
    for video in videos:
        tracks[video.name] = Tracks.concatenate(list(track_video(engine, video.uri)), len(engine.action_ids))
        if video_done is not None:
            video_done(video.name)
    report = evaluate_sequences(
        [video.truth for video in videos],
        tracks,
        benchmark=benchmark,
        action_ids=engine.action_ids,
        action_names=dict(zip(engine.action_ids, engine.action_names, strict=True)),
    )
    return Evaluation(tracks=tracks, report=report)
