"""Action accuracy over ground-truth boxes of images, where nothing is known but boxes with an action each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy, action_accuracy
from mot_platform.metrics.actions.action_map import ActionBoxes, best_partners
from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys, row_numbers
from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU


def box_action_accuracy(
    truth: ActionBoxes, predicted: ActionBoxes, *, action_ids: Sequence[int]
) -> ActionAccuracy:
    """Return how well the actions of people are named, each looked up at the predicted box on them.

    Rows of one image with the very same box are one person with several actions. A person is matched by the
    predicted box of the same image that overlaps theirs most, if the IoU is at least 0.5; two people may
    share one. Its scores are those of all rows with that box, 0 for actions that no row has.

    Args:
        truth: Ground truth with the actions `action_ids` only.
        predicted: Predictions with those actions only.
        action_ids: The columns of the result, sorted.
    """
    truth_box, predicted_box = (
        row_numbers(np.column_stack([boxes.image, boxes.xyxy])) for boxes in (truth, predicted)
    )
    first, found_first = (np.unique(number, return_index=True)[1] for number in (truth_box, predicted_box))
    row, candidate = pairs_of_equal_keys(truth.image[first], predicted.image[found_first])
    partner, iou = best_partners(row, candidate, truth.xyxy[first], predicted.xyxy[found_first])
    matched = iou >= MATCH_IOU
    true_actions = np.zeros((len(first), len(action_ids)), bool)
    true_actions[truth_box, np.searchsorted(action_ids, truth.action_id)] = True
    score = np.zeros((len(found_first), len(action_ids)))
    np.maximum.at(score, (predicted_box, np.searchsorted(action_ids, predicted.action_id)), predicted.score)
    partner_score = np.zeros(true_actions.shape)
    partner_score[matched] = score[partner[matched]]
    return action_accuracy(true_actions, partner_score, matched=matched, action_ids=action_ids)
