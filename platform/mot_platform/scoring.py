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
    from mot_platform.metrics.actions.action_report import ActionReport
    from mot_platform.metrics.actions.score_ava import AvaEdition
    from mot_platform.metrics.boxes.coco_report import CocoReport
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
    "--boxes": get_args(TrackBenchmark),
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
    with_boxes: bool = False
    """Whether to score the boxes of tracks as detections too."""
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
            "--boxes": self.with_boxes,
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
    """A line each that the report does not have: what was not counted, and why."""
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
    benchmark = request.benchmark
    if benchmark == "coco":
        from mot_platform.metrics.boxes.coco_report import score_coco

        return FilesScored(report=score_coco(request.gt, request.pred))
    if benchmark == "jhmdb" or benchmark == "ucf101-24":
        from mot_platform.metrics.actions.score_jhmdb import score_jhmdb

        return FilesScored(
            report=score_jhmdb(request.gt, request.pred, labels=request.labels, benchmark=benchmark)
        )
    if benchmark == "ava" or benchmark == "ava-2020":
        return _score_ava(request, "2020" if benchmark == "ava-2020" else "2018")
    return _score_tracks(request, benchmark)


def _score_ava(request: ScoreRequest, edition: AvaEdition) -> FilesScored:
    from mot_platform.metrics.actions.score_ava import score_ava

    report = score_ava(
        request.gt, request.pred, labels=request.labels, exclude=request.exclude, edition=edition
    )
    return FilesScored(report=report)


def _score_tracks(request: ScoreRequest, benchmark: TrackBenchmark) -> FilesScored:
    from mot_platform.metrics.score_files import score_files

    scores = score_files(
        request.gt,
        request.pred,
        benchmark=benchmark,
        with_motmetrics=request.with_motmetrics,
        with_detection=request.with_boxes,
        frames=request.frames,
        workers=request.workers,
    )
    ignored = ", ".join(scores.files.ignored)
    notes = (f"not scored, no sequence of that name: {ignored}",) if ignored else ()
    return FilesScored(report=scores.report, notes=notes, sequences=scores.files.sequences)


def write_page(path: Path, request: ScoreRequest, scored: FilesScored) -> None:
    """Write what was scored as a page, with pictures of the worst where frames lie beside the ground truth.

    Raises:
        OSError: if the file can't be written.
    """
    from mot_platform.metrics.actions.action_report import ActionReport
    from mot_platform.metrics.boxes.coco_report import CocoReport
    from mot_platform.metrics.evaluation_report import EvaluationReport
    from mot_platform.provenance import code_version
    from mot_platform.report.score_contents import ScoreContents
    from mot_platform.report.score_page import write_score_page

    report = scored.report
    contents = ScoreContents(
        title=f"Scores of {request.pred.name}",
        created_at=datetime.now(UTC),
        code_version=code_version(),
        scored={"Ground truth": str(request.gt), "Predictions": str(request.pred)},
        evaluation=report if isinstance(report, EvaluationReport) else None,
        actions=report if isinstance(report, ActionReport) else None,
        boxes=report if isinstance(report, CocoReport) else None,
        sequences=tuple(_pictured_sequences(scored, request.frames)),
    )
    write_score_page(path, contents)


def _pictured_sequences(scored: FilesScored, frames: FrameRange | None) -> Iterator[ScoredSequence]:
    """Yield the boxes of each sequence of which there are frames, read once more."""
    from mot_platform.metrics.sequence_files import read_sequence
    from mot_platform.report.score_contents import ScoredSequence
    from mot_platform.video.picked_frames import frames_beside

    for files in scored.sequences:
        folder = files.truth.boxes.parent
        source = frames_beside(folder.parent) if folder.name == "gt" else None
        if source is not None:
            truth, prediction = read_sequence(files, frames=frames)
            yield ScoredSequence(truth=truth, predicted=prediction.rows, frames=source)
