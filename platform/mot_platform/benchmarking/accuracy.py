"""How well a tracker keeps identities on sequences with ground truth, by the project's own evaluator."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.benchmarking.contestants import Contestant
from mot_platform.benchmarking.sequences import LabelledSequence
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.tracks.clear_identity import (
    ClearScores,
    IdentityScores,
    clear,
    clear_matches,
    combine_clear,
    combine_identity,
    identity,
    identity_matches,
)
from mot_platform.metrics.tracks.hota import HotaScores, combine_hota, hota
from mot_platform.metrics.tracks.sequence_data import align_sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceRun:
    """What a tracker came to on one sequence."""

    name: str
    hota: HotaScores
    clear: ClearScores
    identity: IdentityScores
    step_ms: Array
    """float64 `(T,)`, time of each step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How far a tracker is from another, in points."""

    points: float
    standard_error: float
    """By the jackknife: how much the difference moves when one sequence is left out."""


def run_tracker(
    contestant: Contestant, sequence: LabelledSequence, *, camera_motion: bool
) -> tuple[MotRows, Array]:
    """Return the tracks of `sequence` by a new tracker, as it returns them frame by frame, and its times.

    Args:
        contestant: Whose tracker.
        sequence: What it follows.
        camera_motion: Whether to hand it the camera motion.

    Returns:
        The tracks; float64 `(T,)`, milliseconds of each step.
    """
    tracker = contestant.begin(camera_motion)
    boxes, ids, frame_of, step_ms = [np.zeros((0, 4))], [np.zeros(0)], [np.zeros(0)], []
    for detections in sequence.frames:
        prepared = tracker.prepare(detections)
        begun_ns = time.perf_counter_ns()
        output = tracker.update(prepared)
        step_ms.append((time.perf_counter_ns() - begun_ns) / 1e6)
        xyxy, track_id = tracker.read(output)
        boxes.append(xyxy)
        ids.append(track_id)
        frame_of.append(np.full(len(track_id), detections.frame_index))
    num = sum(len(part) for part in ids)
    rows = MotRows(
        frame_index=np.concatenate(frame_of).astype(np.int64),
        track_id=np.concatenate(ids).astype(np.int64),
        xyxy=np.concatenate(boxes).astype(np.float64),
        score=np.ones(num),
        class_id=np.ones(num, np.int64),
        visibility=np.ones(num),
    )
    return rows, np.array(step_ms)


def score_run(sequence: LabelledSequence, rows: MotRows, step_ms: Array) -> SequenceRun:
    """Return the scores of the tracks `rows`.

    Raises:
        ValueError: if an id is in a frame twice or a box is not finite.
    """
    aligned = align_sequence(
        sequence.name,
        sequence.truth,
        rows,
        num_frames=len(sequence.frames),
        benchmark=sequence.benchmark,
    )
    return SequenceRun(
        name=sequence.name,
        hota=hota(aligned),
        clear=clear(aligned, clear_matches(aligned)),
        identity=identity(aligned, identity_matches(aligned)),
        step_ms=step_ms,
    )


def figures(runs: Sequence[SequenceRun]) -> dict[str, float]:
    """Return the scores over all of `runs`, pooled as TrackEval does, shares in percent, and ms per step."""
    pooled, counts = combine_hota([run.hota for run in runs]), combine_clear([run.clear for run in runs])
    step_ms = np.concatenate([run.step_ms for run in runs])
    return {
        "HOTA": 100 * float(pooled.hota.mean()),
        "DetA": 100 * float(pooled.det_a.mean()),
        "AssA": 100 * float(pooled.ass_a.mean()),
        "MOTA": 100 * counts.mota,
        "IDF1": 100 * combine_identity([run.identity for run in runs]).idf1,
        "IDSW": counts.id_switches,
        "ms_median": float(np.median(step_ms)),
        "ms_p99": float(np.percentile(step_ms, 99)),
    }


def difference(runs: Sequence[SequenceRun], reference: Sequence[SequenceRun], figure: str) -> Difference:
    """Return how far `runs` are from `reference`, the same sequences in the same order, in one of `figures`.

    The standard error tells what other sequences of the kind might have given; nan for a single sequence.

    Raises:
        ValueError: if the sequences differ.
    """
    if [run.name for run in runs] != [run.name for run in reference]:
        raise ValueError("a difference needs the same sequences on both sides")

    def between(keep: Callable[[int], bool]) -> float:
        sides = [[run for number, run in enumerate(side) if keep(number)] for side in (runs, reference)]
        first, second = (figures(side)[figure] for side in sides)
        return first - second

    points = between(lambda _: True)
    num = len(runs)
    if num < 2:
        return Difference(points=points, standard_error=float("nan"))
    without = np.array([between(lambda number, out=out: number != out) for out in range(num)])  # type: ignore[misc]
    spread = float(np.sqrt((num - 1) / num * ((without - without.mean()) ** 2).sum()))
    return Difference(points=points, standard_error=spread)
