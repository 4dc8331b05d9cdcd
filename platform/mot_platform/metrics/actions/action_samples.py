"""Selects from a sequence the boxes and actions that the two action scores count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.actions.action_accuracy import ActionAccuracy, action_accuracy
from mot_platform.metrics.actions.action_map import ActionBoxes, ActionMap, action_map
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.metrics.tracks.clear_identity import ClearMatches, IdentityMatches
from mot_platform.metrics.tracks.sequence_data import AlignedSequence

ACTION_MIN_VISIBILITY = 0.3
"""Boxes less visible than this are not asked for their action along a track: nobody could tell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnerScores:
    """What predicted boxes say of the ground-truth boxes they are matched to."""

    score: Array
    """float `(G, A)`, 0 for unmatched boxes."""
    matched: Array
    """bool `(G,)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionSamples:
    """What one sequence, or several joined, contribute to frame-mAP and to action accuracy."""

    truth: ActionBoxes
    predicted: ActionBoxes
    true_actions: Array
    """bool `(G, A)`, labelled and visible boxes."""
    found: PartnerScores
    """What the tracks say that CLEAR matches to them."""
    identified: PartnerScores
    """What the people's own tracks say: those that Identity gives them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionScores:
    """How well actions are known."""

    action_map: ActionMap
    found: ActionAccuracy
    """Along the tracks that CLEAR matches to each person."""
    identified: ActionAccuracy
    """Along the person's own track: a box that another track has found counts as not found."""

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name, for JSON."""
        return {
            "action_map": self.action_map.to_dict(),
            "action_accuracy": self.found.to_dict(),
            "identified_action_accuracy": self.identified.to_dict(),
        }


def action_vocabulary(truth_ids: Sequence[int], predicted_ids: Sequence[int]) -> tuple[int, ...]:
    """Return the sorted union of the actions of both sides, or none if either side has none."""
    return tuple(sorted({*truth_ids, *predicted_ids})) if len(truth_ids) and len(predicted_ids) else ()


def _labelled_frames(truth: SequenceTruth) -> Array:
    """Return the mask `(T,)` of the frames in which a predicted action counts.

    Those with a labelled box, and those with nobody in them. A frame whose people carry no label was not
    annotated; nor was any frame of a sequence without labels.
    """
    labelled = truth.actions.any(axis=1)
    counts = np.full(truth.info.num_frames, bool(labelled.any()))
    counts[truth.rows.frame_index] = False
    counts[truth.rows.frame_index[labelled]] = True
    return counts


def _exploded(xyxy: Array, image: Array, score: Array, vocabulary: tuple[int, ...]) -> ActionBoxes:
    """Return a row for every box `(R,)` and every action that scores above 0 in `score` `(R, A)`."""
    row, column = np.nonzero(score > 0)
    return ActionBoxes(
        image=image[row],
        xyxy=xyxy[row],
        action_id=np.array(vocabulary, np.int64)[column],
        score=score[row, column],
    )


def action_samples(
    truth: SequenceTruth,
    prediction: SequencePrediction,
    *,
    aligned: AlignedSequence,
    found: ClearMatches,
    owned: IdentityMatches,
    predicted_ids: tuple[int, ...],
    vocabulary: tuple[int, ...],
) -> ActionSamples:
    """Return the samples of one sequence; both sides are spread over the columns of `vocabulary`.

    Ignored ground truth, and the predictions it absorbed, are left out.
    """
    rows, boxes = truth.rows, prediction.rows
    score = prediction.action_columns(aligned.name, predicted_ids, vocabulary)
    true_actions = np.zeros((len(rows), len(vocabulary)), bool)
    if vocabulary:
        true_actions[:, np.searchsorted(vocabulary, truth.action_ids)] = truth.actions
    true_actions &= aligned.truth_kept[:, None]
    asked = true_actions.any(axis=1) & (rows.visibility >= ACTION_MIN_VISIBILITY)
    counted = aligned.predicted_kept & _labelled_frames(truth)[boxes.frame_index]
    # A box is ranked by how surely somebody is there and does that: what acts in an empty box means nothing.
    sure = score[counted] * boxes.score[counted, None]

    def partners(pair: Array) -> PartnerScores:
        truth_row, predicted_row = aligned.rows_of(pair)
        partner = np.full(len(rows), -1)
        partner[truth_row] = predicted_row
        matched = partner[asked] >= 0
        partner_score = np.zeros((len(matched), len(vocabulary)))
        partner_score[matched] = score[partner[asked][matched]]
        return PartnerScores(score=partner_score, matched=matched)

    return ActionSamples(
        truth=_exploded(rows.xyxy, rows.frame_index, true_actions.astype(np.float64), vocabulary),
        predicted=_exploded(boxes.xyxy[counted], boxes.frame_index[counted], sure, vocabulary),
        true_actions=true_actions[asked],
        found=partners(found.pair),
        identified=partners(owned.pair),
    )


def _join_boxes(parts: Sequence[ActionBoxes], first_image: Sequence[int]) -> ActionBoxes:
    """Return all rows of `parts`, the images of each counted from its `first_image`."""
    return ActionBoxes(
        image=np.concatenate([part.image + first for part, first in zip(parts, first_image, strict=True)]),
        xyxy=np.concatenate([part.xyxy for part in parts]),
        action_id=np.concatenate([part.action_id for part in parts]),
        score=np.concatenate([part.score for part in parts]),
    )


def _join_partners(parts: Sequence[PartnerScores]) -> PartnerScores:
    """Return the rows of all `parts`."""
    return PartnerScores(
        score=np.concatenate([part.score for part in parts]),
        matched=np.concatenate([part.matched for part in parts]),
    )


def join_samples(parts: Sequence[ActionSamples], first_image: Sequence[int]) -> ActionSamples:
    """Return the samples of several sequences as of one."""
    return ActionSamples(
        truth=_join_boxes([part.truth for part in parts], first_image),
        predicted=_join_boxes([part.predicted for part in parts], first_image),
        true_actions=np.concatenate([part.true_actions for part in parts]),
        found=_join_partners([part.found for part in parts]),
        identified=_join_partners([part.identified for part in parts]),
    )


def score_actions(samples: ActionSamples, vocabulary: tuple[int, ...]) -> ActionScores | None:
    """Return the scores, None where no action is labelled."""
    if not len(samples.truth.image):
        return None
    found, identified = (
        action_accuracy(samples.true_actions, partners.score, matched=partners.matched, action_ids=vocabulary)
        for partners in (samples.found, samples.identified)
    )
    return ActionScores(
        action_map=action_map(samples.truth, samples.predicted), found=found, identified=identified
    )
