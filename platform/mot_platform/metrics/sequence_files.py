"""Which result belongs to which ground truth, and what both say of one sequence.

Pairing looks at names only, and is quick; reading takes one sequence at a time, so that several processes can
share the work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import MotRows, read_mot
from mot_platform.formats.row_errors import TextPath, line_of_row
from mot_platform.formats.video_names import same_videos
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.ground_truth import SequenceTruth, TruthFile, find_ground_truth, read_truth
from mot_platform.metrics.result_files import ResultFile, find_results
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.mot_preprocessing import PEDESTRIAN_CLASS, Benchmark

_DETECTOR_SUFFIX = re.compile(r"-(DPM|FRCNN|SDP)$")
"""MOT17 names a sequence three times, once for each public detector; their ground truth is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceFiles:
    """Where both sides of a sequence are; small enough to send to another process."""

    name: str
    truth: TruthFile
    result: ResultFile


@dataclass(frozen=True, kw_only=True, slots=True)
class PairedFiles:
    """What there is to score."""

    sequences: tuple[SequenceFiles, ...]
    """By name."""
    ignored: tuple[str, ...]
    """Results that are named for no sequence."""
    action_names: dict[int, str]
    """The actions that the results know, by id; the scores of their boxes are in this order."""

    @property
    def true_action_ids(self) -> tuple[int, ...]:
        """The actions that the ground truth knows."""
        labels = next((files.truth.labels for files in self.sequences), None)
        return () if labels is None else labels.known_ids


def pair_files(gt: Path, pred: Path) -> PairedFiles:
    """Return the result of each sequence in `gt`, see `find_ground_truth` and `find_results`.

    A pair of single files may have any names. Otherwise names are the same, but for one of the detectors of
    MOT17 (`-DPM`, `-FRCNN`, `-SDP`), which only one side may name.

    Raises:
        InputError: if a path does not exist, or a sequence has no result or two of one name.
    """
    for path in (gt, pred):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
    truths, results = find_ground_truth(gt), find_results(pred)
    if len(truths) == len(results.files) == 1 and pred.is_file():
        pairs = [SequenceFiles(name=truths[0].name, truth=truths[0], result=results.files[0])]
    else:
        pairs = _pairs(truths, results.files)
        _require_all(pred, truths, pairs, results.failed)
    paired = {pair.result.name for pair in pairs}
    others = [result for result in results.files if result.name not in paired]
    return PairedFiles(
        sequences=tuple(sorted(pairs, key=lambda pair: pair.name)),
        ignored=tuple(
            result.name if result.prediction else result.member or result.path.name for result in others
        ),
        action_names=results.action_names,
    )


def _without_detector(name: str) -> str:
    return _DETECTOR_SUFFIX.sub("", name)


def _pairs(truths: list[TruthFile], results: list[ResultFile]) -> list[SequenceFiles]:
    """Return each result with its ground truth: of the same name, or but for the detector where none is.

    The videos of Parquet are named by their paths.
    """
    exact = {truth.name: truth for truth in truths}
    alike = {_without_detector(truth.name): truth for truth in reversed(truths)}
    videos = same_videos([result.name for result in results if result.prediction is not None], exact)
    named = {_without_detector(result.name) for result in results if result.name in exact}
    pairs: dict[str, SequenceFiles] = {}
    for result in results:
        stem = result.name if result.prediction is None else PurePosixPath(result.name).stem
        name = videos.get(result.name, stem)
        plain = _without_detector(name)
        truth = exact.get(name) or (alike.get(plain) if plain not in named else None)
        if truth is None:
            continue
        if name in pairs:
            raise InputError(f"{pairs[name].result.name} and {result.name} are both {name}; rename one")
        pairs[name] = SequenceFiles(name=name, truth=truth, result=result)
    return list(pairs.values())


def _require_all(
    pred: Path, truths: list[TruthFile], pairs: list[SequenceFiles], failed: dict[str, str]
) -> None:
    """Raise naming the sequences without a result, and why there is none where that is known."""
    found = {_without_detector(pair.truth.name) for pair in pairs}
    missing = [truth.name for truth in truths if _without_detector(truth.name) not in found]
    for video in same_videos(list(failed), missing):
        raise InputError(
            f"{pred}: {video} could not be labelled ({failed[video]}), so there is nothing to score for it; "
            "mend it and label again, or take its sequence out of the ground truth"
        )
    if missing:
        raise InputError(
            f"{pred}: no result for {len(missing)} of {len(truths)} sequences: {', '.join(missing[:5])}"
        )


def read_sequence(
    files: SequenceFiles, *, benchmark: Benchmark = "plain", frames: FrameRange | None = None
) -> tuple[SequenceTruth, SequencePrediction]:
    """Return both sides of a sequence.

    Without `seqinfo.ini` the sequence is as long as the last row of either says.

    Args:
        files: Where they are.
        benchmark: Whose classes there may be.
        frames: Which frames count; None for all.

    Raises:
        ValueError: with file and line, if a row is malformed, an id repeats in a frame, a frame lies beyond
            the sequence, or the benchmark has no such class.
    """
    truth, prediction = read_truth(files.truth), files.result.prediction
    if prediction is None:
        prediction = SequencePrediction.from_rows(read_mot(files.result.text, unique_ids=True))
    num_frames = truth.info.num_frames
    if files.truth.info is None:
        num_frames = max(num_frames, int(prediction.rows.frame_index.max(initial=0)) + 1)
    truth = replace(truth, info=replace(truth.info, name=files.name, num_frames=num_frames))
    _require_frames(files.truth.boxes, truth.rows, num_frames)
    if files.result.prediction is None:
        _require_frames(files.result.text, prediction.rows, num_frames)
        if benchmark != "plain":
            _require_pedestrians(files.result.text, prediction.rows, benchmark)
    if frames is not None:
        kept = frames.of(num_frames)
        inside = _inside(kept, truth.rows)
        truth = replace(truth, rows=truth.rows[inside], actions=truth.actions[inside])
        prediction = prediction[_inside(kept, prediction.rows)]
    return truth, prediction


def _require_frames(path: TextPath, rows: MotRows, num_frames: int) -> None:
    """Raise naming the line of the first frame that the sequence does not have."""
    beyond = np.flatnonzero(rows.frame_index >= num_frames)
    if len(beyond):
        row = int(beyond[0])
        raise ValueError(
            f"{path}:{line_of_row(path, row)}: frame {rows.frame_index[row] + 1}, but the sequence has "
            f"frames 1 to {num_frames}"
        )


def _require_pedestrians(path: TextPath, rows: MotRows, benchmark: Benchmark) -> None:
    """Raise naming the line of the first box of another class, as TrackEval does."""
    others = np.flatnonzero(rows.class_id > PEDESTRIAN_CLASS)
    if len(others):
        row = int(others[0])
        raise ValueError(
            f"{path}:{line_of_row(path, row)}: class {rows.class_id[row]}, but {benchmark} scores only "
            f"pedestrians, class {PEDESTRIAN_CLASS}; leave other classes out"
        )


def _inside(kept: range, rows: MotRows) -> Array:
    inside: Array = (rows.frame_index >= kept.start) & (rows.frame_index < kept.stop)
    return inside
