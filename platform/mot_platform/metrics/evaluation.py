"""Scores predictions against ground truth: identity, detection and action in one call.

The overlaps of each sequence are computed once and shared, and rows of the ground truth that the benchmark
ignores are ignored by every score alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mot_model.structures import Detections, Tracks
from mot_platform.metrics.action_samples import (
    ActionSamples,
    action_samples,
    action_vocabulary,
    join_samples,
    score_actions,
)
from mot_platform.metrics.clear_identity import (
    clear,
    clear_matches,
    combine_clear,
    combine_identity,
    identity,
    identity_matches,
)
from mot_platform.metrics.detection_map import ImageBoxes, detection_scores
from mot_platform.metrics.evaluation_report import COMBINED, EvaluationReport, SequenceScores
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.hota import combine_hota, hota
from mot_platform.metrics.mot_preprocessing import Benchmark, evaluated_and_absorbing_rows
from mot_platform.metrics.motmetrics_scores import OVERALL, motmetrics_scores
from mot_platform.metrics.sequence_data import AlignedSequence, align_sequence
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.wrong_identity import combine_wrong_identity, wrong_identity


@dataclass(frozen=True, kw_only=True, slots=True)
class _Evaluated:
    """The scores of one sequence, and what the combined scores need of it."""

    scores: SequenceScores
    aligned: AlignedSequence
    image_truth: ImageBoxes
    image_predicted: ImageBoxes
    samples: ActionSamples


def _truth_boxes(
    truth: SequenceTruth, aligned: AlignedSequence, benchmark: Benchmark, visible: float
) -> ImageBoxes:
    """Return evaluated boxes with score 1 and absorbing ones with score 0; the class does not count."""
    _, absorbing = evaluated_and_absorbing_rows(truth.rows, benchmark, min_visibility=visible)
    counted = aligned.truth_kept | absorbing
    return ImageBoxes(
        image=truth.rows.frame_index[counted],
        xyxy=truth.rows.xyxy[counted],
        score=aligned.truth_kept[counted].astype(np.float64),
        class_id=np.zeros(int(counted.sum()), np.int64),
    )


def _predicted_boxes(prediction: SequencePrediction, detections: Sequence[Detections] | None) -> ImageBoxes:
    """Return the raw detections where given, else the boxes of the tracks; the class does not count."""
    if detections is None:
        rows = prediction.rows
        image, xyxy, score = rows.frame_index, rows.xyxy, rows.score
    else:
        image = np.repeat([found.frame_index for found in detections], [len(found) for found in detections])
        xyxy = np.concatenate([np.zeros((0, 4)), *[found.xyxy for found in detections]])
        score = np.concatenate([np.zeros(0), *[found.score for found in detections]])
    return ImageBoxes(
        image=image.astype(np.int64), xyxy=xyxy, score=score, class_id=np.zeros(len(image), np.int64)
    )


def _evaluate_one(
    truth: SequenceTruth,
    prediction: SequencePrediction,
    *,
    benchmark: Benchmark,
    min_visibility: float,
    action_ids: tuple[int, ...],
    vocabulary: tuple[int, ...],
    detections: Sequence[Detections] | None,
) -> _Evaluated:
    """Return the scores of one sequence."""
    name, num_frames = truth.info.name, truth.info.num_frames
    aligned = align_sequence(
        name,
        truth.rows,
        prediction.rows,
        num_frames=num_frames,
        benchmark=benchmark,
        min_visibility=min_visibility,
    )
    found, owned = clear_matches(aligned), identity_matches(aligned)
    samples = action_samples(
        truth,
        prediction,
        aligned=aligned,
        found=found,
        owned=owned,
        predicted_ids=action_ids,
        vocabulary=vocabulary,
    )
    image_truth = _truth_boxes(truth, aligned, benchmark, min_visibility)
    image_predicted = _predicted_boxes(prediction, detections)
    actions = score_actions(samples, vocabulary)
    scores = SequenceScores(
        name=name,
        num_frames=num_frames,
        hota=hota(aligned),
        clear=clear(aligned, found),
        identity=identity(aligned, owned),
        wrong_identity=wrong_identity(aligned, found, owned, frame_rate_hz=truth.info.frame_rate_hz),
        detection=detection_scores(image_truth, image_predicted),
        action_map=actions.action_map if actions else None,
        action_accuracy=actions.found if actions else None,
        identified_action_accuracy=actions.identified if actions else None,
    )
    return _Evaluated(
        scores=scores,
        aligned=aligned,
        image_truth=image_truth,
        image_predicted=image_predicted,
        samples=samples,
    )


def _join_images(parts: Sequence[ImageBoxes], first_image: Sequence[int]) -> ImageBoxes:
    """Return all boxes of `parts`, the images of each counted from its `first_image`."""
    return ImageBoxes(
        image=np.concatenate([part.image + first for part, first in zip(parts, first_image, strict=True)]),
        xyxy=np.concatenate([part.xyxy for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        class_id=np.concatenate([part.class_id for part in parts]),
    )


def _combine(parts: Sequence[_Evaluated], vocabulary: tuple[int, ...]) -> SequenceScores:
    """Return the scores over all sequences: boxes and tracks are pooled, not averaged."""
    lengths = [part.scores.num_frames for part in parts]
    first_image = np.concatenate([[0], np.cumsum(lengths)[:-1]]).tolist()
    actions = score_actions(join_samples([part.samples for part in parts], first_image), vocabulary)
    return SequenceScores(
        name=COMBINED,
        num_frames=sum(lengths),
        hota=combine_hota([part.scores.hota for part in parts]),
        clear=combine_clear([part.scores.clear for part in parts]),
        identity=combine_identity([part.scores.identity for part in parts]),
        wrong_identity=combine_wrong_identity([part.scores.wrong_identity for part in parts]),
        detection=detection_scores(
            _join_images([part.image_truth for part in parts], first_image),
            _join_images([part.image_predicted for part in parts], first_image),
        ),
        action_map=actions.action_map if actions else None,
        action_accuracy=actions.found if actions else None,
        identified_action_accuracy=actions.identified if actions else None,
    )


def _require_same_sequences(truths: Sequence[SequenceTruth], predicted: Mapping[str, object]) -> None:
    """Raise unless every sequence is there once on both sides."""
    names = Counter(truth.info.name for truth in truths)
    if not names:
        raise ValueError("there is no sequence to evaluate")
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise ValueError(f"sequence {twice[0]!r} is in the ground truth more than once")
    missing, unknown = sorted(names.keys() - predicted.keys()), sorted(predicted.keys() - names.keys())
    if missing:
        raise ValueError(
            f"no prediction for {len(missing)} of {len(names)} sequences: {', '.join(missing[:5])}"
        )
    if unknown:
        raise ValueError(f"no ground truth for {len(unknown)} predicted sequences: {', '.join(unknown[:5])}")


def evaluate_sequences(
    truths: Sequence[SequenceTruth],
    predictions: Mapping[str, Tracks | SequencePrediction],
    *,
    benchmark: Benchmark = "plain",
    min_visibility: float = 0.1,
    action_ids: Sequence[int] = (),
    action_names: Mapping[int, str] | None = None,
    detections: Mapping[str, Sequence[Detections]] | None = None,
    with_motmetrics: bool = True,
) -> EvaluationReport:
    """Return every score of `predictions` against `truths`, per sequence and combined.

    Args:
        truths: Ground truth, see `read_ground_truth`.
        predictions: Tracks by name of the sequence; one without a box is still given, empty.
        benchmark: Which ground-truth rows count and which are ignored.
        min_visibility: `plain` only: less visible rows need not be found, and what matches them is not wrong.
        action_ids: The action of each column of the predicted action scores.
        action_names: Names for the report.
        detections: Raw detections per sequence for the detection scores; None takes the boxes of the tracks.
        with_motmetrics: Also report motmetrics' own figures (about a second per 1,000 frames of street).

    Raises:
        ValueError: if a sequence is missing on either side, a frame lies outside its sequence, an id repeats
            in a frame, or a number is not finite.
    """
    _require_same_sequences(truths, predictions)
    known = sorted({action for truth in truths for action in truth.action_ids})
    vocabulary = action_vocabulary(known, action_ids)
    parts = []
    for truth in truths:
        predicted = predictions[truth.info.name]
        parts.append(
            _evaluate_one(
                truth,
                SequencePrediction.from_tracks(predicted) if isinstance(predicted, Tracks) else predicted,
                benchmark=benchmark,
                min_visibility=min_visibility,
                action_ids=tuple(action_ids),
                vocabulary=vocabulary,
                detections=None if detections is None else detections[truth.info.name],
            )
        )
    checks = motmetrics_scores([part.aligned for part in parts]) if with_motmetrics else {}
    return EvaluationReport(
        benchmark=benchmark,
        sequences=tuple(replace(part.scores, motmetrics=checks.get(part.scores.name, {})) for part in parts),
        combined=replace(_combine(parts, vocabulary), motmetrics=checks.get(OVERALL, {})),
        action_names=dict(action_names or {}),
    )
