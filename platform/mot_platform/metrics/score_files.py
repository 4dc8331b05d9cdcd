"""Scores result files against ground-truth files, a pair of files or folders of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mot_platform.frame_range import FrameRange
from mot_platform.metrics.actions.action_samples import action_vocabulary
from mot_platform.metrics.evaluation import report_on
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.sequence_evaluation import EvaluatedSequence, Rules, evaluate_sequence
from mot_platform.metrics.sequence_files import PairedFiles, SequenceFiles, pair_files, read_sequence
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark
from mot_platform.processes import results_as_done


@dataclass(frozen=True, kw_only=True, slots=True)
class FileScores:
    """The scores of a folder of results."""

    report: EvaluationReport
    files: PairedFiles
    """What was scored, and what was not."""


def score_files(
    gt: Path,
    pred: Path,
    *,
    benchmark: Benchmark = "plain",
    with_motmetrics: bool = False,
    with_detection: bool = False,
    frames: FrameRange | None = None,
    workers: int = 1,
) -> FileScores:
    """Return the scores of the results in `pred` against the ground truth in `gt`.

    Actions are scored where both sides have them: a corpus with `ava.csv`, and Parquet of `label` or `track`.

    Args:
        gt: See `find_ground_truth`.
        pred: See `find_results`.
        benchmark: Which ground truth counts.
        with_motmetrics: Also report motmetrics' own figures.
        with_detection: Also score the boxes of the tracks as detections, where their scores rank them.
        frames: Which frames of each sequence count; None for all.
        workers: Processes to share the sequences among.

    Raises:
        InputError: if a path does not exist, or a sequence has no ground truth or no result.
        ValueError: with file and line, if a row is malformed, an id repeats in a frame or a frame lies
            beyond the sequence.
    """
    files = pair_files(gt, pred)
    action_ids = tuple(files.action_names)
    rules = Rules(
        benchmark=benchmark,
        action_ids=action_ids,
        vocabulary=action_vocabulary(files.true_action_ids, action_ids),
    )
    largest_first = sorted(files.sequences, key=lambda sequence: -sequence.result.path.stat().st_size)
    evaluate = partial(_evaluate, rules=rules, frames=frames)
    parts = sorted(
        results_as_done(evaluate, largest_first, workers=workers, fork=True),
        key=lambda part: part.aligned.name,
    )
    report = report_on(
        parts,
        rules,
        action_names=files.action_names,
        with_motmetrics=with_motmetrics,
        with_detection=with_detection,
        need_ranking=True,
    )
    return FileScores(report=report, files=files)


def _evaluate(files: SequenceFiles, *, rules: Rules, frames: FrameRange | None) -> EvaluatedSequence:
    """Read and evaluate one sequence."""
    sides = read_sequence(files, benchmark=rules.benchmark, frames=frames)
    return evaluate_sequence(*sides, rules)
