"""Scores MOTChallenge result files against ground-truth files, a pair of files or folders of sequences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import MotRows, SequenceInfo, read_mot, read_seqinfo
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.mot_preprocessing import Benchmark
from mot_platform.metrics.sequence_prediction import SequencePrediction

_DETECTOR_SUFFIX = re.compile(r"-(DPM|FRCNN|SDP)$")
"""MOT17 names a sequence three times, once for each public detector; their ground truth is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileScores:
    """The scores of a folder of results."""

    report: EvaluationReport
    ignored: tuple[str, ...]
    """Text files among the results that are named for no sequence."""


def _ground_truth_files(gt: Path) -> dict[str, Path]:
    """Return the ground-truth file of each sequence.

    Raises:
        InputError: if there is none.
    """
    if gt.is_file():
        return {gt.parent.parent.name if gt.parent.name == "gt" else gt.stem: gt}
    folders = [gt, *sorted(path for path in gt.glob("*") if path.is_dir())]
    files = {folder.resolve().name: folder / "gt" / "gt.txt" for folder in folders}
    files = {name: file for name, file in files.items() if file.is_file()}
    if not files:
        raise InputError(f"{gt}: no ground truth in it; expected a gt.txt or folders SEQUENCE/gt/gt.txt")
    return files


def _result_files(pred: Path, truths: dict[str, Path]) -> tuple[dict[str, tuple[Path, str]], tuple[str, ...]]:
    """Return by sequence its result file and the name of its ground truth, and the files named for none.

    Raises:
        InputError: if there is no result, or a sequence has none.
    """
    if pred.is_file() and len(truths) == 1:
        return {next(iter(truths)): (pred, next(iter(truths)))}, ()
    folder = pred / "data" if (pred / "data").is_dir() else pred  # TrackEval: TRACKER/data/SEQUENCE.txt
    files = [pred] if pred.is_file() else sorted(folder.glob("*.txt"))
    if not files:
        raise InputError(f"{pred}: no results in it; expected files SEQUENCE.txt")
    names = {
        file: file.stem if file.stem in truths else _DETECTOR_SUFFIX.sub("", file.stem) for file in files
    }
    found = {file.stem: (file, name) for file, name in names.items() if name in truths}
    missing = sorted(truths.keys() - {name for _, name in found.values()})
    if missing:
        raise InputError(
            f"{pred}: no result for {len(missing)} of {len(truths)} sequences: {', '.join(missing[:5])}"
        )
    return found, tuple(file.name for file, name in names.items() if name not in truths)


def _sequence_info(name: str, truth_file: Path, rows: MotRows, predicted: MotRows) -> SequenceInfo:
    """Return `seqinfo.ini` of the sequence under `name`; without the file, as long as the last row says."""
    path = truth_file.parent.parent / "seqinfo.ini"
    if truth_file.parent.name == "gt" and path.is_file():
        return replace(read_seqinfo(path), name=name)
    last = max(int(part.frame_index.max(initial=0)) for part in (rows, predicted))
    return SequenceInfo(name=name, frame_rate_hz=0.0, num_frames=last + 1, width_px=0, height_px=0)


def _within(frames: FrameRange | None, rows: MotRows, num_frames: int) -> MotRows:
    """Return the rows in `frames`, and those beyond the sequence, which are an error to be found."""
    if frames is None:
        return rows
    kept = frames.of(num_frames)
    later = rows.frame_index >= kept.start
    return rows[later & ((rows.frame_index < kept.stop) | (rows.frame_index >= num_frames))]


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
        gt: A `gt.txt`, or a folder of sequences `SEQUENCE/gt/gt.txt`, each with `seqinfo.ini` where the
            number of frames counts.
        pred: A result file, or a folder of `SEQUENCE.txt`, or of `data/SEQUENCE.txt` as TrackEval has it. In
            the name of a result `-DPM`, `-FRCNN` or `-SDP` may follow the name of the sequence.
        benchmark: Which ground truth counts.
        with_motmetrics: Also report motmetrics' own figures.
        frames: Which frames of each sequence count; None for all.

    Raises:
        InputError: if a path does not exist, or a sequence has no ground truth or no result.
        ValueError: with file and line, if a row is malformed or an id repeats in a frame; with the sequence,
            if a frame lies outside it.
    """
    for path in (gt, pred):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
    truth_files = _ground_truth_files(gt)
    result_files, ignored = _result_files(pred, truth_files)
    rows_of = {name: read_mot(file, unique_ids=True) for name, file in truth_files.items()}
    truths, predictions = [], {}
    for name, (file, truth_name) in result_files.items():
        rows, predicted = rows_of[truth_name], read_mot(file, unique_ids=True)
        info = _sequence_info(name, truth_files[truth_name], rows, predicted)
        rows, predicted = (_within(frames, part, info.num_frames) for part in (rows, predicted))
        truths.append(SequenceTruth(info=info, rows=rows, actions=np.zeros((len(rows), 0), bool)))
        predictions[name] = SequencePrediction.from_rows(predicted)
    report = evaluate_sequences(truths, predictions, benchmark=benchmark, with_motmetrics=with_motmetrics)
    return FileScores(report=report, ignored=ignored)
