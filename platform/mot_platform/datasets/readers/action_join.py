"""Gives boxes of one file the actions that another has of their ids."""

from __future__ import annotations

from dataclasses import replace

from mot_platform.datasets.readers.placed_boxes import PlacedBoxes
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.metrics.ground_truth import boxes_of_labels


def with_actions_of(rows: PlacedBoxes, actions: PlacedBoxes, log: ProblemLog) -> PlacedBoxes:
    """Return `rows` with the actions of the boxes of `actions` in the same frame and of the same id.

    Args:
        rows: Boxes with ids; those without actions stay unlabelled.
        actions: Boxes with ids and actions, of which only these are taken.
        log: Actions of nobody are noted there.
    """
    boxes, labels = rows.boxes, actions.boxes
    row = boxes_of_labels(boxes.frame_index, boxes.track_id, labels.frame_index, labels.track_id)
    found = (row >= 0) & (labels.track_id >= 0)
    log.add_rows(
        "actions of nobody",
        actions.places,
        ~found,
        lambda label: (
            f"person {labels.track_id[label]} has an action in frame {labels.frame_index[label]}, "
            "counted from 0, but no box; left out"
            if labels.track_id[label] >= 0
            else "no person id, so it can't be told whose action this is; left out"
        ),
    )
    action, has_action = boxes.action.copy(), boxes.has_action.copy()
    action[row[found]] |= labels.action[found]
    has_action[row[found]] |= labels.has_action[found]
    return replace(rows, boxes=replace(boxes, action=action, has_action=has_action))
