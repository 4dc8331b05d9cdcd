"""The people of a sequence as embeddings have them: whose each detection is, and how it looks."""

# N people, one in each frame that has them; D embedding, R detections

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array, Detections
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_evaluation import MIN_VISIBILITY
from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU, ROUNDING, Benchmark
from mot_platform.metrics.tracks.sequence_data import AlignedSequence, align_sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedPeople:
    """People with their embeddings, one row per person per frame."""

    frame_index: Array
    """int64 `(N,)`, ascending."""
    person: Array
    """int64 `(N,)`, the id of the ground truth; in a frame only once."""
    embedding: Array
    """float32 `(N, D)`, unit norm."""


def embedded_people(
    truth: SequenceTruth, detections: Sequence[Detections], *, benchmark: Benchmark = "plain"
) -> EmbeddedPeople | None:
    """Return who of the ground truth was detected, and the embedding of the detection.

    A detection is of the person whom it overlaps most, from IoU 0.5 on; of several the best-scored one stands
    for the person. People whom the benchmark ignores are left out.

    Args:
        truth: Ground truth that says who is who.
        detections: Of each frame, before association.
        benchmark: Which ground truth counts.

    Returns:
        None where the detections have no embedding.

    Raises:
        ValueError: if a frame lies outside the sequence, or a number is not finite.
    """
    found = [one for one in detections if len(one)]
    embeddings = [one.embedding for one in found if one.embedding is not None]
    if not embeddings or len(embeddings) < len(found):
        return None
    boxes = _as_rows(found)
    aligned = align_sequence(
        truth.info.name,
        truth.rows,
        boxes,
        num_frames=truth.info.num_frames,
        benchmark=benchmark,
        min_visibility=MIN_VISIBILITY,
    )
    truth_row, detection_row = aligned.rows_of(_best_by_score(aligned, boxes.score))
    return EmbeddedPeople(
        frame_index=truth.rows.frame_index[truth_row],
        person=truth.rows.track_id[truth_row],
        embedding=np.concatenate(embeddings)[detection_row],
    )


def _as_rows(found: Sequence[Detections]) -> MotRows:
    """Return the detections of all frames as rows, each with an id of its own."""
    number = [len(one) for one in found]
    return MotRows(
        frame_index=np.repeat(np.array([one.frame_index for one in found], np.int64), number),
        track_id=np.arange(sum(number)),
        xyxy=np.concatenate([one.xyxy for one in found]).astype(np.float64),
        score=np.concatenate([one.score for one in found]).astype(np.float64),
        class_id=np.ones(sum(number), np.int64),
        visibility=np.ones(sum(number)),
    )


def _best_by_score(aligned: AlignedSequence, score: Array) -> Array:
    """Return the pairs of a person and the detection that stands for them, by frame."""
    pair = np.flatnonzero(aligned.pairs.iou >= MATCH_IOU - ROUNDING)
    pair = pair[_firsts(aligned.pairs.predicted[pair], -aligned.pairs.iou[pair])]
    _, detection_row = aligned.rows_of(pair)
    best = pair[_firsts(aligned.pairs.truth[pair], -score[detection_row])]
    return best  # by ground-truth box, which are numbered frame after frame


def _firsts(key: Array, rank: Array) -> Array:
    """Return the place of the lowest `rank` of each `key`, by key."""
    order = np.lexsort((rank, key))
    first: Array = order[np.unique(key[order], return_index=True)[1]]
    return first
