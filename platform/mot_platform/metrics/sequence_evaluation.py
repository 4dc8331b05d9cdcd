"""The scores of one sequence, and what the scores over several sequences need of it; made by any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Detections
from mot_platform.metrics.actions.action_samples import ActionSamples, action_samples
from mot_platform.metrics.boxes.detection_map import ImageBoxes
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.clear_identity import (
    ClearScores,
    IdentityScores,
    clear,
    clear_matches,
    identity,
    identity_matches,
)
from mot_platform.metrics.tracks.hota import HotaScores, hota
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark, evaluated_and_absorbing_rows
from mot_platform.metrics.tracks.sequence_data import AlignedSequence, align_sequence
from mot_platform.metrics.tracks.wrong_identity import WrongIdentity, wrong_identity

MIN_VISIBILITY = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What counts, the same for all sequences."""

    benchmark: Benchmark = "plain"
    """Which ground-truth rows count and which are ignored."""
    min_visibility: float = MIN_VISIBILITY
    """`plain` only: less visible rows need not be found, and what matches them is not wrong."""
    action_ids: tuple[int, ...] = ()
    """The action of each column of the predicted action scores."""
    vocabulary: tuple[int, ...] = ()
    """All actions of both sides, sorted; none if either side has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluatedSequence:
    """One sequence with all that is scored within it; boxes and actions are scored over all sequences too."""

    aligned: AlignedSequence
    hota: HotaScores
    clear: ClearScores
    identity: IdentityScores
    wrong_identity: WrongIdentity
    true_boxes: ImageBoxes
    """Evaluated boxes with score 1 and absorbing ones with score 0."""
    predicted_boxes: ImageBoxes
    """The raw detections where given, else the boxes of the tracks."""
    actions: ActionSamples
    other_actions: Mapping[str, ActionSamples]
    """By the name of another reading of the actions of the tracks."""


def evaluate_sequence(
    truth: SequenceTruth,
    prediction: SequencePrediction,
    rules: Rules,
    *,
    detections: Sequence[Detections] | None = None,
) -> EvaluatedSequence:
    """Return the scores of one sequence.

    Args:
        truth: Ground truth.
        prediction: Tracks.
        rules: What counts.
        detections: Raw detections of each frame, None to score the boxes of the tracks as detections.

    Raises:
        ValueError: if a frame lies outside the sequence, an id repeats in a frame, or a number is not finite.
    """
    aligned = align_sequence(
        truth.info.name,
        truth.rows,
        prediction.rows,
        num_frames=truth.info.num_frames,
        benchmark=rules.benchmark,
        min_visibility=rules.min_visibility,
    )
    found, owned = clear_matches(aligned), identity_matches(aligned)

    def samples(read: SequencePrediction) -> ActionSamples:
        return action_samples(
            truth,
            read,
            aligned=aligned,
            found=found,
            owned=owned,
            predicted_ids=rules.action_ids,
            vocabulary=rules.vocabulary,
        )

    return EvaluatedSequence(
        aligned=aligned,
        hota=hota(aligned),
        clear=clear(aligned, found),
        identity=identity(aligned, owned),
        wrong_identity=wrong_identity(aligned, found, owned, frame_rate_hz=truth.info.frame_rate_hz),
        true_boxes=_true_boxes(truth, aligned, rules),
        predicted_boxes=_predicted_boxes(prediction, detections),
        actions=samples(prediction),
        other_actions={name: samples(read) for name, read in prediction.other_readings().items()},
    )


def _true_boxes(truth: SequenceTruth, aligned: AlignedSequence, rules: Rules) -> ImageBoxes:
    _, absorbing = evaluated_and_absorbing_rows(
        truth.rows, rules.benchmark, min_visibility=rules.min_visibility
    )
    counted = aligned.truth_kept | absorbing
    return ImageBoxes(
        image=truth.rows.frame_index[counted],
        xyxy=truth.rows.xyxy[counted],
        score=aligned.truth_kept[counted].astype(np.float64),
    )


def _predicted_boxes(prediction: SequencePrediction, detections: Sequence[Detections] | None) -> ImageBoxes:
    if detections is None:
        rows = prediction.rows
        return ImageBoxes(image=rows.frame_index, xyxy=rows.xyxy, score=rows.score)
    frame_index = np.array([found.frame_index for found in detections], np.int64)
    return ImageBoxes(
        image=np.repeat(frame_index, [len(found) for found in detections]),
        xyxy=np.concatenate([np.zeros((0, 4)), *[found.xyxy for found in detections]]),
        score=np.concatenate([np.zeros(0), *[found.score for found in detections]]),
    )
