"""Scores result files against ground-truth files, a pair of files or folders of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.frame_range import FrameRange
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.mot_preprocessing import Benchmark
from mot_platform.metrics.sequence_files import pair_files, read_sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class FileScores:
    """The scores of a folder of results."""

    report: EvaluationReport
    ignored: tuple[str, ...]
    """Results that are named for no sequence."""


def score_files(
    gt: Path,
    pred: Path,
    *,
    benchmark: Benchmark = "plain",
    with_motmetrics: bool = False,
    frames: FrameRange | None = None,
) -> FileScores:
    """Return the scores of the results in `pred` against the ground truth in `gt`.

    Args:
        gt: See `find_ground_truth`.
        pred: See `find_results`.
        benchmark: Which ground truth counts.
        with_motmetrics: Also report motmetrics' own figures.
        frames: Which frames of each sequence count; None for all.

    Raises:
        InputError: if a path does not exist, or a sequence has no ground truth or no result.
        ValueError: with file and line, if a row is malformed, an id repeats in a frame or a frame lies
            beyond the sequence.
    """
    files = pair_files(gt, pred)
    pairs = [read_sequence(sequence, frames=frames) for sequence in files.sequences]
    report = evaluate_sequences(
        [truth for truth, _ in pairs],
        {truth.info.name: prediction for truth, prediction in pairs},
        benchmark=benchmark,
        with_motmetrics=with_motmetrics,
    )
    return FileScores(report=report, ignored=files.ignored)
