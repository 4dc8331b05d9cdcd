"""Action tubes: the boxes of one actor doing one thing, through the frames of a video."""

# R boxes, N tubes

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.boxes import rowwise_iou
from mot_model.structures import Array
from mot_platform.formats.action_rows import ActionRows
from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys, row_numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Tubes:
    """Tubes as columns of boxes; the boxes of tube n are the rows whose `tube` is n."""

    tube: Array
    """int64 `(R,)`, sorted."""
    frame: Array
    """int64 `(R,)`, distinct within a tube."""
    xyxy: Array
    """float64 `(R, 4)`."""
    video: Array
    """int64 `(N,)`."""
    action_id: Array
    """int64 `(N,)`."""
    score: Array
    """float64 `(N,)`, mean over the boxes that were predicted."""

    def __len__(self) -> int:
        return len(self.video)

    @property
    def num_frames(self) -> Array:
        """int64 `(N,)`."""
        number: Array = np.bincount(self.tube, minlength=len(self))
        return number

    def __getitem__(self, keep: Array) -> Tubes:
        """Return the tubes that the mask `(N,)` selects."""
        rows = keep[self.tube]
        return Tubes(
            tube=(np.cumsum(keep) - 1)[self.tube[rows]],
            frame=self.frame[rows],
            xyxy=self.xyxy[rows],
            video=self.video[keep],
            action_id=self.action_id[keep],
            score=self.score[keep],
        )


def tubes_of_persons(rows: ActionRows) -> Tubes:
    """Return a tube for every person and action; where a person has it twice in a frame, the first counts."""
    actor = row_numbers(np.stack([rows.video, rows.person_id, rows.action_id], axis=1))
    distinct = np.unique(row_numbers(np.stack([actor, rows.frame], axis=1)), return_index=True)[1]
    rows, tube = rows[distinct], actor[distinct]
    first = np.unique(tube, return_index=True)[1]
    return Tubes(
        tube=tube,
        frame=rows.frame,
        xyxy=rows.xyxy,
        video=rows.video[first],
        action_id=rows.action_id[first],
        score=np.bincount(tube, rows.score) / np.bincount(tube) if len(tube) else np.zeros(0),
    )


def tube_overlaps(left: Tubes, right: Tubes) -> tuple[Array, Array, Array]:
    """Return all pairs of tubes of one video and action that share area, and the IoU of each.

    That of tubes is the sum of the IoU of their boxes over the frames they share, by the number of frames in
    which either is.
    """
    highest = [int(column.max(initial=0)) + 1 for column in (left.action_id, right.action_id)]
    num_actions = max(highest)
    frames = np.concatenate([left.frame, right.frame])
    offset, span = (int(frames.min()), int(np.ptp(frames)) + 1) if len(frames) else (0, 1)

    def keys(tubes: Tubes) -> Array:
        group = tubes.video * num_actions + tubes.action_id
        key: Array = group[tubes.tube] * span + tubes.frame - offset
        return key

    i, j = pairs_of_equal_keys(keys(left), keys(right))
    iou = rowwise_iou(left.xyxy[i], right.xyxy[j])
    pair, inverse, shared = np.unique(
        left.tube[i] * max(1, len(right)) + right.tube[j], return_inverse=True, return_counts=True
    )
    a, b = np.divmod(pair, max(1, len(right)))
    overlap = np.bincount(inverse, iou, minlength=len(pair))
    union = left.num_frames[a] + right.num_frames[b] - shared
    touching = overlap > 0
    return a[touching], b[touching], (overlap / union)[touching]
