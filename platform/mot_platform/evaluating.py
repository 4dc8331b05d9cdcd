"""A corpus through the engine and into every metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mot_model.engine import Engine
from mot_model.structures import Array, Detections, Tracks
from mot_platform.corpus import LabelledVideo
from mot_platform.metrics.actions.action_readings import PER_FRAME, SMOOTHED, smoothed_scores
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.identity.embedded_people import embedded_people
from mot_platform.metrics.identity.separation import IdentitySeparation, identity_separation
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark
from mot_platform.tracking import track_video


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the engine found in one video."""

    detections: list[Detections]
    """Of each frame, before association."""
    tracks: Tracks
    """Of all frames."""
    other_action_scores: Mapping[str, Array] = field(default_factory=dict)
    """float `(R, A)` each, what other readings say of the actions of `tracks`; see `action_readings`."""

    def prediction(self) -> SequencePrediction:
        """Return the tracks in the shape the metrics read."""
        return replace(
            SequencePrediction.from_tracks(self.tracks), other_action_scores=self.other_action_scores
        )

    def kept(self, detections: list[Detections], rows: Array) -> Findings:
        """Return other detections, with those of the tracks that the mask `rows` `(R,)` keeps."""
        others = {name: score[rows] for name, score in self.other_action_scores.items()}
        return Findings(detections=detections, tracks=self.tracks[rows], other_action_scores=others)


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
        found = find(engine, video.uri, video.frames)
        findings[video.name] = replace(found, other_action_scores=read_actions_otherwise(engine, found))
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


def read_actions_otherwise(engine: Engine, found: Findings) -> dict[str, Array]:
    """Return what the rows of `found.tracks` would have for actions if tracks remembered nothing.

    Association is run again, over the detections that are there; the network is not.
    """
    identifier, parts = engine.identifier.without_memory(), []
    state = identifier.initial_state()
    for detections in found.detections:
        state, tracks = identifier.step(state, detections)
        parts.append(tracks)
    alone = Tracks.concatenate(parts, len(engine.action_ids))
    return {
        PER_FRAME: alone.action_score,
        SMOOTHED: smoothed_scores(alone, num_frames=identifier.config.memory_frames),
    }


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
    report = evaluate_sequences(
        [video.truth for video in videos],
        {name: found.prediction() for name, found in scored.items()},
        benchmark=benchmark,
        detections={name: found.detections for name, found in scored.items()},
        action_ids=engine.action_ids,
        action_names=dict(zip(engine.action_ids, engine.action_names, strict=True)),
        with_motmetrics=with_motmetrics,
    )
    return replace(report, separation=_separation(engine, videos, scored, benchmark))


def _separation(
    engine: Engine, videos: Sequence[LabelledVideo], findings: Mapping[str, Findings], benchmark: Benchmark
) -> IdentitySeparation | None:
    """Return how well embeddings tell people apart, in the videos that say who is who."""
    people = [
        embedded_people(video.truth, findings[video.name].detections, benchmark=benchmark)
        for video in videos
        if video.has_ids
    ]
    known = [one for one in people if one is not None]
    if not known:
        return None
    return identity_separation(known, min_similarity=1 - engine.identifier.config.appearance_max_distance)


def _scored(engine: Engine, video: LabelledVideo, found: Findings) -> Findings:
    """Return what of the findings can be scored: frames and classes that are labelled."""
    if video.scored_frames is not None:
        labelled = set(video.scored_frames.tolist())
        found = found.kept(
            [one for one in found.detections if one.frame_index in labelled],
            np.isin(found.tracks.frame_index, video.scored_frames),
        )
    if video.scored_classes is not None and not video.scored_classes.issuperset(engine.class_names):
        known = [number for number, name in enumerate(engine.class_names) if name in video.scored_classes]
        found = found.kept(
            [one[np.isin(one.class_id, known)] for one in found.detections],
            np.isin(found.tracks.class_id, known),
        )
    return found
