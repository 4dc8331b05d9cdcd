"""Which videos a report shows, and their pictures, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from mot_model.structures import Tracks
from mot_platform.errors import MediaError
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.report.clip import draw_clip
from mot_platform.report.contents import ReportContents
from mot_platform.report.pictures import Strip, draw_strip


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownVideo:
    """A sequence with its pictures."""

    name: str
    rank: str
    """Why it is shown, such as "best HOTA"; empty without scores."""
    hota: float | None
    strip: Strip | None
    """None where the video can't be read."""
    problem: str
    """Why not; else empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A moving sample."""

    name: str
    video: str
    """H.264 mp4 as a data URI."""


def shown_videos(contents: ReportContents) -> tuple[ShownVideo, ...]:
    """Return the best, the middle and the worst sequence by HOTA, of those with a video and a truth."""
    truths = {truth.info.name: truth for truth in contents.truths}
    return tuple(
        _shown(contents, truths[name], rank=rank, score=score) for name, rank, score in _picked(contents)
    )


def sample_clip(contents: ReportContents) -> Clip | None:
    """Return a clip of the middle sequence, or None if there is no video that can be read."""
    picked = _picked(contents)
    if not picked:
        return None
    name = picked[len(picked) // 2][0]
    try:
        video = draw_clip(
            contents.video_uris[name],
            contents.tracks[name],
            class_names=contents.class_names,
            action_names=contents.action_names,
        )
    except MediaError:
        return None  # the strip of the same video says why
    return Clip(name=name, video=video) if video else None


def _picked(contents: ReportContents) -> list[tuple[str, str, float | None]]:
    """Return name, rank and HOTA of at most three sequences, the best first."""
    names = [truth.info.name for truth in contents.truths]
    names = [name for name in names if name in contents.video_uris and name in contents.tracks]
    parts = contents.evaluation.sequences if contents.evaluation else ()
    score = {part.name: float(part.hota.hota.mean()) for part in parts}
    if not names or not all(name in score for name in names):
        return [(name, "", None) for name in names[:3]]
    best_first = sorted(names, key=lambda name: -score[name])
    ranks = {len(names) - 1: "worst HOTA", len(names) // 2: "middle HOTA", 0: "best HOTA"}
    return [(best_first[i], ranks[i], score[best_first[i]]) for i in sorted(ranks)]


def _shown(contents: ReportContents, truth: SequenceTruth, *, rank: str, score: float | None) -> ShownVideo:
    name = truth.info.name
    tracks: Tracks = contents.tracks[name]
    strip: Strip | None = None
    problem = ""
    try:
        strip = draw_strip(
            contents.video_uris[name],
            tracks,
            truth,
            action_names={action: contents.action_name(action) for action in truth.action_ids},
            column_names=contents.action_names,
        )
    except MediaError as error:
        problem = str(error)
    return ShownVideo(name=name, rank=rank, hota=score, strip=strip, problem=problem)
