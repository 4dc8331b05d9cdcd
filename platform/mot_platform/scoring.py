"""`score`: files against files by the rules of a benchmark, without a model.

What scores one kind of files is imported only when that kind is asked for: it should not wait for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mot_platform.errors import InputError
from mot_platform.frame_range import FrameRange

if TYPE_CHECKING:
    from mot_platform.metrics.action_report import ActionReport
    from mot_platform.metrics.coco_report import CocoReport
    from mot_platform.metrics.evaluation_report import EvaluationReport
    from mot_platform.metrics.sequence_files import SequenceFiles
    from mot_platform.report.score_contents import ScoredSequence

TrackBenchmark = Literal["plain", "mot15", "mot16", "mot17", "mot20", "dancetrack"]
AvaBenchmark = Literal["ava", "ava-2020"]
TubeBenchmark = Literal["jhmdb", "ucf101-24"]
BoxBenchmark = Literal["coco"]
ScoreBenchmark = Literal[TrackBenchmark, AvaBenchmark, TubeBenchmark, BoxBenchmark]

_USED_BY: dict[str, tuple[str, ...]] = {
    "--frames": get_args(TrackBenchmark),
    "--motmetrics": get_args(TrackBenchmark),
    "--labels": (*get_args(AvaBenchmark), *get_args(TubeBenchmark)),
    "--exclude": get_args(AvaBenchmark),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRequest:
    """What to score, and how.

    Raises:
        InputError: if an option says nothing for the benchmark.
    """

    gt: Path
    pred: Path
    benchmark: ScoreBenchmark
    frames: FrameRange | None = None
    """Which frames of each sequence of tracks count; None for all."""
    with_motmetrics: bool = False
    """Whether to add the figures of motmetrics to those of tracks."""
    labels: Path | None = None
    """The list of the actions that are evaluated; None for all of the ground truth."""
    exclude: Path | None = None
    """The list of the images of AVA that do not count."""
    workers: int = 1
    """Processes to share the sequences among."""

    def __post_init__(self) -> None:
        given = {
            "--frames": self.frames is not None,
            "--motmetrics": self.with_motmetrics,
            "--labels": self.labels is not None,
            "--exclude": self.exclude is not None,
        }
        for option, is_given in given.items():
            if is_given and self.benchmark not in _USED_BY[option]:
                raise InputError(f"{option} says nothing with --benchmark {self.benchmark}; leave it out")


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesScored:
    """What files score."""

    report: EvaluationReport | ActionReport | CocoReport
    notes: tuple[str, ...] = ()
    """A line each: what was not counted, and why."""
    sequences: tuple[SequenceFiles, ...] = field(default=(), repr=False)
    """Where the tracks and their ground truth are."""


def score(request: ScoreRequest) -> FilesScored:
    """Return the scores of `request`.

    Raises:
        InputError: if a file is missing or can't be used, or the two sides have nothing in common.
        ValueError: with file and line, if a row is malformed.
    """
    for path in (request.gt, request.pred, request.labels, request.exclude):
        if path is not None and not path.exists():
            raise InputError(f"{path}: no such file or folder")
    if request.benchmark == "coco":
        return _score_boxes(request)
    if request.benchmark in get_args(TrackBenchmark):
        return _score_tracks(request)
    return _score_actions(request)


def _score_tracks(request: ScoreRequest) -> FilesScored:
    from mot_platform.metrics.score_files import score_files

    scores = score_files(
        request.gt,
        request.pred,
        benchmark=request.benchmark,
        with_motmetrics=request.with_motmetrics,
        frames=request.frames,
        workers=request.workers,
    )
    ignored = ", ".join(scores.files.ignored)
    notes = (f"not scored, no sequence of that name: {ignored}",) if ignored else ()
    return FilesScored(report=scores.report, notes=notes, sequences=scores.files.sequences)


def _score_actions(request: ScoreRequest) -> FilesScored:
    if request.benchmark in ("jhmdb", "ucf101-24"):
        from mot_platform.metrics.score_jhmdb import score_jhmdb

        report = score_jhmdb(request.gt, request.pred, labels=request.labels, benchmark=request.benchmark)
    else:
        from mot_platform.metrics.score_ava import score_ava

        report = score_ava(
            request.gt,
            request.pred,
            labels=request.labels,
            exclude=request.exclude,
            edition="2020" if request.benchmark == "ava-2020" else "2018",
        )
    return FilesScored(report=report, notes=report.notes)


def _score_boxes(request: ScoreRequest) -> FilesScored:
    from mot_platform.metrics.coco_report import score_coco

    return FilesScored(report=score_coco(request.gt, request.pred))


def write_page(path: Path, request: ScoreRequest, scored: FilesScored) -> None:
    """Write what was scored as a page, with pictures of the worst where frames lie beside the ground truth.

    Raises:
        InputError: if there is no page for this benchmark.
        OSError: if the file can't be written.
    """
    from mot_platform.metrics.action_report import ActionReport
    from mot_platform.metrics.evaluation_report import EvaluationReport
    from mot_platform.provenance import code_version
    from mot_platform.report.score_contents import ScoreContents
    from mot_platform.report.score_page import write_score_page

    report = scored.report
    if not isinstance(report, EvaluationReport | ActionReport):
        raise InputError(f"--html has no page for --benchmark {request.benchmark}; leave it out")
    contents = ScoreContents(
        title=f"Scores of {request.pred.name}",
        created_at=datetime.now(UTC),
        code_version=code_version(),
        scored={"Ground truth": str(request.gt), "Predictions": str(request.pred)},
        evaluation=report if isinstance(report, EvaluationReport) else None,
        actions=report if isinstance(report, ActionReport) else None,
        sequences=tuple(_scored_sequences(scored, request.frames)),
    )
    write_score_page(path, contents)


def _scored_sequences(scored: FilesScored, frames: FrameRange | None) -> Iterator[ScoredSequence]:
    """Yield the boxes of each sequence that was scored, read once more: workers keep theirs to themselves."""
    from mot_platform.metrics.sequence_files import read_sequence
    from mot_platform.report.score_contents import ScoredSequence
    from mot_platform.video.picked_frames import frames_beside

    for files in scored.sequences:
        truth, prediction = read_sequence(files, frames=frames)
        folder = files.truth.boxes.parent
        frames_of = frames_beside(folder.parent) if folder.name == "gt" else None
        yield ScoredSequence(truth=truth, predicted=prediction.rows, frames=frames_of)
