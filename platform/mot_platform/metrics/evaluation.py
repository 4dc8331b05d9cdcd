"""Scores predictions against ground truth: identity, detection and action in one call.

The overlaps of each sequence are computed once and shared, and rows of the ground truth that the benchmark
ignores are ignored by every score alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mot_model.structures import Detections, Tracks
from mot_platform.metrics.actions.action_samples import (
    ActionSamples,
    ActionScores,
    action_vocabulary,
    join_samples,
    score_actions,
)
from mot_platform.metrics.boxes.detection_map import (
    DetectionScores,
    detection_scores_by_group,
    undefined_scores,
)
from mot_platform.metrics.evaluation_report import COMBINED, EvaluationReport, SequenceScores
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_evaluation import (
    MIN_VISIBILITY,
    EvaluatedSequence,
    Rules,
    evaluate_sequence,
)
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.clear_identity import combine_clear, combine_identity
from mot_platform.metrics.tracks.hota import combine_hota
from mot_platform.metrics.tracks.mot_preprocessing import Benchmark
from mot_platform.metrics.tracks.wrong_identity import combine_wrong_identity


def evaluate_sequences(
    truths: Sequence[SequenceTruth],
    predictions: Mapping[str, Tracks | SequencePrediction],
    *,
    benchmark: Benchmark = "plain",
    min_visibility: float = MIN_VISIBILITY,
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
    rules = Rules(
        benchmark=benchmark,
        min_visibility=min_visibility,
        action_ids=tuple(action_ids),
        vocabulary=action_vocabulary(known, action_ids),
    )
    parts = []
    for truth in truths:
        name, predicted = truth.info.name, predictions[truth.info.name]
        rows = SequencePrediction.from_tracks(predicted) if isinstance(predicted, Tracks) else predicted
        raw = None if detections is None else detections[name]
        parts.append(evaluate_sequence(truth, rows, rules, detections=raw))
    return report_on(parts, rules, action_names=action_names, with_motmetrics=with_motmetrics)


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


def report_on(
    parts: Sequence[EvaluatedSequence],
    rules: Rules,
    *,
    action_names: Mapping[int, str] | None = None,
    with_motmetrics: bool = False,
    with_detection: bool = True,
    need_ranking: bool = False,
) -> EvaluationReport:
    """Return the scores of sequences that are evaluated, and of all together: pooled, not averaged.

    Args:
        parts: The sequences.
        rules: What counted.
        action_names: Names for the report.
        with_motmetrics: Also report motmetrics' own figures.
        with_detection: Whether to score boxes as detections, which takes longer than all the rest.
        need_ranking: Leave the scores of detection undefined where all predictions have one score.
    """
    detection, detection_of_all = [undefined_scores() for _ in parts], undefined_scores()
    if with_detection:
        detection, detection_of_all = detection_scores_by_group(
            [part.true_boxes for part in parts],
            [part.predicted_boxes for part in parts],
            need_ranking=need_ranking,
        )
    checks = _motmetrics(parts) if with_motmetrics else {}
    sequences = [
        _scores(part, boxes, score_actions(part.actions, rules.vocabulary), checks.get(part.aligned.name, {}))
        for part, boxes in zip(parts, detection, strict=True)
    ]
    return EvaluationReport(
        benchmark=rules.benchmark,
        sequences=tuple(sequences),
        combined=_combined(parts, detection_of_all, rules, checks.get(COMBINED, {})),
        action_names=dict(action_names or {}),
        other_actions=_other_actions(parts, rules),
    )


def _scores(
    part: EvaluatedSequence,
    detection: DetectionScores,
    actions: ActionScores | None,
    motmetrics: Mapping[str, float],
) -> SequenceScores:
    """Return the scores of one sequence."""
    scores = SequenceScores(
        name=part.aligned.name,
        num_frames=part.aligned.num_frames,
        hota=part.hota,
        clear=part.clear,
        identity=part.identity,
        wrong_identity=part.wrong_identity,
        motmetrics=motmetrics,
        detection=detection,
    )
    return _with_actions(scores, actions)


def _with_actions(scores: SequenceScores, actions: ActionScores | None) -> SequenceScores:
    """Return the scores with those of actions, where any are labelled."""
    if actions is None:
        return scores
    return replace(
        scores,
        action_map=actions.action_map,
        action_accuracy=actions.found,
        identified_action_accuracy=actions.identified,
    )


def _combined(
    parts: Sequence[EvaluatedSequence],
    detection: DetectionScores,
    rules: Rules,
    motmetrics: Mapping[str, float],
) -> SequenceScores:
    """Return the scores over all sequences."""
    actions = _actions_of_all(parts, [part.actions for part in parts], rules)
    scores = SequenceScores(
        name=COMBINED,
        num_frames=sum(part.aligned.num_frames for part in parts),
        hota=combine_hota([part.hota for part in parts]),
        clear=combine_clear([part.clear for part in parts]),
        identity=combine_identity([part.identity for part in parts]),
        wrong_identity=combine_wrong_identity([part.wrong_identity for part in parts]),
        motmetrics=motmetrics,
        detection=detection,
    )
    return _with_actions(scores, actions)


def _actions_of_all(
    parts: Sequence[EvaluatedSequence], samples: Sequence[ActionSamples], rules: Rules
) -> ActionScores | None:
    """Return the scores of the `samples` of all sequences."""
    lengths = [part.aligned.num_frames for part in parts]
    first_image = np.concatenate([[0], np.cumsum(lengths)[:-1]]).tolist()
    return score_actions(join_samples(samples, first_image), rules.vocabulary)


def _other_actions(parts: Sequence[EvaluatedSequence], rules: Rules) -> dict[str, ActionScores]:
    """Return the scores of every other reading of actions, over all sequences."""
    found = {
        name: _actions_of_all(parts, [part.other_actions[name] for part in parts], rules)
        for name in parts[0].other_actions
    }
    return {name: scores for name, scores in found.items() if scores is not None}


def _motmetrics(parts: Sequence[EvaluatedSequence]) -> dict[str, dict[str, float]]:
    """Return motmetrics' figures; it is imported only here, with pandas it takes half a second."""
    from mot_platform.metrics.tracks.motmetrics_scores import OVERALL, motmetrics_scores

    figures = motmetrics_scores([part.aligned for part in parts])
    return figures | {COMBINED: figures[OVERALL]}
