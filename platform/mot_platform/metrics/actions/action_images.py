"""Brings ground truth and predictions of actions to one numbering of images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.action_rows import ActionRows
from mot_platform.metrics.actions.action_map import ActionBoxes
from mot_platform.metrics.actions.equal_keys import row_numbers


def image_numbers(parts: Sequence[ActionRows]) -> list[tuple[Array, Array]]:
    """Return for each part the images of its rows `(R,)` and its empty images `(E,)`, numbered alike in all.

    An image is a video, by name, and a frame.
    """
    code: dict[str, int] = {}
    keys = [np.zeros((0, 2), np.int64)]
    for part in parts:
        number = np.array([code.setdefault(name, len(code)) for name in part.videos], np.int64)
        keys.append(np.stack([number[part.video], part.frame], axis=1))
        keys.append(np.stack([number[part.empty_video], part.empty_frame], axis=1))
    stops = np.cumsum([len(key) for key in keys])
    columns = np.split(row_numbers(np.concatenate(keys)), stops[:-1])[1:]
    return list(zip(columns[::2], columns[1::2], strict=True))


def action_boxes(rows: ActionRows, image: Array) -> ActionBoxes:
    """Return the boxes of `rows`, which are in the images `image` `(R,)`."""
    return ActionBoxes(image=image, xyxy=rows.xyxy, action_id=rows.action_id, score=rows.score)
