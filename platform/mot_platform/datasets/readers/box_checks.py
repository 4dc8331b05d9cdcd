"""Looks for boxes that can't be right, takes out those that nothing can be made of, and notes all."""

# R boxes

from __future__ import annotations

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.placed_boxes import PlacedBoxes
from mot_platform.datasets.readers.problem_log import ProblemLog

_MIN_INSIDE_SHARE = 0.05
"""A box that has less of its area in the image can hardly be of something one sees."""
_MAX_JUMP_SIZES = 2.0
"""Nothing moves by more of its longer side from one frame to the next."""
_NEIGHBOUR_S = 0.2
"""Labelled frames further apart are no neighbours: an object may be anywhere."""
_LONG_GAP_S = 10.0
"""An id that was away for so long may have been given to another object."""


def sound_boxes(
    rows: PlacedBoxes, size_wh: tuple[int, int] | None, frame_times_s: Array, log: ProblemLog
) -> PlacedBoxes:
    """Return the boxes without those of no size, outside the image, or of an id that their frame has already.

    Ids that jump or come back after long are noted and kept.

    Args:
        rows: Boxes by frame.
        size_wh: Size of the image in their unit; None if not known, as of a missing video.
        frame_times_s: float64 `(T,)`.
        log: What is found is noted there.
    """
    rows = _with_size(rows, log)
    if size_wh is not None:
        rows = _inside(rows, size_wh, log)
    rows = _unique(rows, log)
    _check_motion(rows, frame_times_s, log)
    return rows


def _with_size(rows: PlacedBoxes, log: ProblemLog) -> PlacedBoxes:
    sides = rows.boxes.xyxy[:, 2:] - rows.boxes.xyxy[:, :2]
    wrong: Array = np.min(sides, axis=1, initial=np.inf) <= 0
    log.add_rows(
        "boxes without size",
        rows.places,
        wrong,
        lambda row: f"width and height are {_numbers(sides[row])}; left out",
    )
    return rows[~wrong]


def _inside(rows: PlacedBoxes, size_wh: tuple[int, int], log: ProblemLog) -> PlacedBoxes:
    """Leave out boxes outside the image, and note those of which hardly anything is inside."""
    xyxy = rows.boxes.xyxy
    limit = np.tile(size_wh, 2)
    share = _area(np.clip(xyxy, 0, limit)) / _area(xyxy)
    image = f"the image, which is {size_wh[0]} x {size_wh[1]}"
    outside = share <= 0
    log.add_rows(
        "boxes outside the image",
        rows.places,
        outside,
        lambda row: f"box {_numbers(xyxy[row])} is outside {image}; left out",
    )
    log.add_rows(
        "boxes hardly in the image",
        rows.places,
        (share < _MIN_INSIDE_SHARE) & ~outside,
        lambda row: f"only {share[row]:.1%} of box {_numbers(xyxy[row])} is in {image}",
    )
    return rows[~outside]


def _unique(rows: PlacedBoxes, log: ProblemLog) -> PlacedBoxes:
    """Leave out boxes of an id that is in the frame already."""
    boxes = rows.boxes
    order = np.lexsort((boxes.track_id, boxes.frame_index))  # stable: the first of the file comes first
    frame, track = boxes.frame_index[order], boxes.track_id[order]
    again = np.zeros(len(boxes), bool)
    again[order[1:]] = (np.diff(frame) == 0) & (np.diff(track) == 0) & (track[1:] >= 0)
    log.add_rows(
        "ids twice in a frame",
        rows.places,
        again,
        lambda row: f"id {boxes.track_id[row]} is already in this frame; left out",
    )
    return rows[~again]


def _check_motion(rows: PlacedBoxes, frame_times_s: Array, log: ProblemLog) -> None:
    """Note ids that jump from one frame to the next, and ids that come back after long."""
    boxes = rows.boxes
    order = np.lexsort((boxes.frame_index, boxes.track_id))
    order = order[boxes.track_id[order] >= 0]
    before, after = order[:-1], order[1:]
    same = boxes.track_id[before] == boxes.track_id[after]
    before, after = before[same], after[same]
    gap_s = frame_times_s[boxes.frame_index[after]] - frame_times_s[boxes.frame_index[before]]
    centre = (boxes.xyxy[:, :2] + boxes.xyxy[:, 2:]) / 2
    side = (boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]).max(axis=1, initial=0)
    moved = np.linalg.norm(centre[after] - centre[before], axis=1)
    sizes = moved / np.maximum(side[after], side[before])
    next_frame = np.diff(np.stack([boxes.frame_index[before], boxes.frame_index[after]]), axis=0)[0] == 1
    jump = (sizes > _MAX_JUMP_SIZES) & next_frame & (gap_s <= _NEIGHBOUR_S)
    places = rows.places[after]
    log.add_rows(
        "ids that jump",
        places,
        jump,
        lambda row: (
            f"id {boxes.track_id[after[row]]} jumps by {sizes[row]:.1f} times its size in one frame; "
            "two objects with one id?"
        ),
    )
    log.add_rows(
        "ids that come back after long",
        places,
        gap_s > _LONG_GAP_S,
        lambda row: (
            f"id {boxes.track_id[after[row]]} comes back after {gap_s[row]:.1f} s; "
            "fine if it is the same object"
        ),
    )


def _area(xyxy: Array) -> Array:
    area: Array = np.prod(xyxy[:, 2:] - xyxy[:, :2], axis=1)
    return area


def _numbers(values: Array) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
