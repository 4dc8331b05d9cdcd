"""Which predictions the evaluator of AVA looks at: no more than so many in an image, all actions together."""

from __future__ import annotations

import heapq

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.actions.action_map import ActionBoxes


def best_in_image(boxes: ActionBoxes, limit: int) -> Array:
    """Return the mask `(R,)` of the `limit` best-scored rows of each image.

    Where rows with the score of the last one that fits are too many, those are kept that are left in the heap
    of the official reader: later ones with that score do not enter it, and when better ones do, those with
    the lowest action and box leave it first.
    """
    order = np.lexsort((-boxes.score, boxes.image))
    image = boxes.image[order]
    first = np.searchsorted(image, image, side="left")
    rank = np.arange(len(order)) - first
    keep = np.zeros(len(order), bool)
    keep[order] = rank < limit
    last = np.flatnonzero(rank == limit)
    tied = last[boxes.score[order[last]] == boxes.score[order[last - 1]]]
    for place in tied.tolist():
        stop = int(np.searchsorted(image, image[place], side="right"))
        rows = np.sort(order[first[place] : stop])
        keep[rows] = np.isin(rows, _left_in_heap(boxes, rows.tolist(), limit))
    return keep


def _left_in_heap(boxes: ActionBoxes, rows: list[int], limit: int) -> list[int]:
    """Return the rows that are left when all have been offered in their order."""
    heap: list[tuple[float, ...]] = []
    for row in rows:
        x1, y1, x2, y2 = boxes.xyxy[row].tolist()
        entry = (float(boxes.score[row]), int(boxes.action_id[row]), y1, x1, y2, x2, row)
        if len(heap) < limit:
            heapq.heappush(heap, entry)
        elif entry[0] > heap[0][0]:
            heapq.heapreplace(heap, entry)
    return [int(entry[-1]) for entry in heap]
