"""Links boxes that carry no id to action tubes, frame by frame, as they could be online.

Every number computed from linked tubes depends on how they were linked, so this follows published code. In
each frame predictions of an action are thinned: of boxes that overlap by an IoU above 0.3 the best stays,
and 10 at most. Tubes take turns in the order of their mean score, and each takes the best-scored box that
overlaps its last one by at least 0.2, of equal scores the closest. Boxes that are left over start tubes, and
a tube that has found nothing for 5 frames is over. Frames in between are interpolated. Of the tubes those
with a mean score below 0.01 or with fewer than 15 frames (or the frames that the video has) are dropped, and
of tubes that overlap by a tube IoU above 0.3 the best-scored stays. Ground truth is linked in the same way,
with nothing thinned or dropped.

Source: Kalogeiton et al., "Action Tubelet Detector", ICCV 2017, with tubelets of one frame; the settings are
those of its code, functions `BuildTubes` and `videoAP`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.action_rows import ActionRows
from mot_platform.metrics.actions.tubes import Tubes, tube_overlaps

LINK_IOU = 0.2
MAX_STEP_FRAMES = 5
THINNING_IOU = 0.3
MAX_BOXES_IN_FRAME = 10
MIN_SCORE = 0.01
MIN_FRAMES = 15


_Box = list[float]


@dataclass(kw_only=True, slots=True)
class _Link:
    """A tube that grows: rows of the boxes it has, and what it needs to take the next."""

    rows: list[int]
    last_box: _Box
    last_frame: int
    score_sum: float

    @property
    def score(self) -> float:
        return self.score_sum / len(self.rows)

    def extend(self, row: int, box: _Box, frame: int, score: float) -> None:
        """Take a box."""
        self.rows.append(row)
        self.last_box = box
        self.last_frame = frame
        self.score_sum += score


def linked_truth(rows: ActionRows) -> Tubes:
    """Return the tubes of ground truth without ids."""
    return _joined(rows, _linked(rows, np.arange(len(rows))))


def linked_predictions(rows: ActionRows) -> Tubes:
    """Return the tubes of predictions without ids."""
    tubes = _joined(rows, _linked(rows, _thinned(rows)))
    frames = [
        np.concatenate(pair) for pair in ((rows.video, rows.empty_video), (rows.frame, rows.empty_frame))
    ]
    num_videos = len(rows.videos)
    first, last = np.full(num_videos, np.iinfo(np.int64).max), np.full(num_videos, -1)
    np.minimum.at(first, *frames)
    np.maximum.at(last, *frames)
    shortest = np.minimum(MIN_FRAMES, last - first + 1)[tubes.video]
    tubes = tubes[(tubes.score >= MIN_SCORE) & (tubes.num_frames >= shortest)]
    return tubes[_apart(tubes)]


def _thinned(rows: ActionRows) -> Array:
    """Return the rows that stay, best first in each frame."""
    kept: list[int] = []
    boxes = rows.xyxy.tolist()
    for group in _groups(rows, np.argsort(-rows.score, kind="stable"), "video", "action_id", "frame"):
        stays: list[int] = []
        for row in group.tolist():
            if all(_iou(boxes[row], boxes[other]) <= THINNING_IOU for other in stays):
                stays.append(row)
            if len(stays) == MAX_BOXES_IN_FRAME:
                break
        kept += stays
    return np.array(kept, np.int64)


def _iou(box: _Box, other: _Box) -> float:
    """Return intersection over union of two boxes; in frames of a few it takes a tenth of NumPy's time."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (areas - width * height)


def _groups(rows: ActionRows, among: Array, *names: str) -> list[Array]:
    """Return the rows `among` in groups that are alike in the named columns, each in the order given."""
    columns = [getattr(rows, name)[among] for name in names]
    order = np.lexsort(columns[::-1])
    changes = np.zeros(len(order), bool)
    for column in columns:
        changes[1:] |= np.diff(column[order]) != 0
    return np.split(among[order], np.flatnonzero(changes)) if len(order) else []


def _linked(rows: ActionRows, among: Array) -> list[_Link]:
    """Return the tubes of the rows `among`, each of one video and action."""
    done: list[_Link] = []
    boxes, frames, scores = rows.xyxy.tolist(), rows.frame.tolist(), rows.score.tolist()
    for group in _groups(rows, among, "video", "action_id"):
        live: list[_Link] = []
        for frame, members in groupby(sorted(group.tolist(), key=frames.__getitem__), key=frames.__getitem__):
            done += [link for link in live if frame - link.last_frame > MAX_STEP_FRAMES]
            live = [link for link in live if frame - link.last_frame <= MAX_STEP_FRAMES]
            live.sort(key=lambda link: -link.score)
            free = list(members)
            for link in live:
                if (row := _next_row(link, free, boxes, scores)) is not None:
                    free.remove(row)
                    link.extend(row, boxes[row], frame, scores[row])
            live += [
                _Link(rows=[row], last_box=boxes[row], last_frame=frame, score_sum=scores[row])
                for row in free
            ]
        done += live
    return done


def _next_row(link: _Link, free: list[int], boxes: list[_Box], scores: list[float]) -> int | None:
    """Return which of the rows `free` a tube takes, if any."""
    near = []
    for place, row in enumerate(free):
        iou = _iou(link.last_box, boxes[row])
        if iou >= LINK_IOU:
            near.append((scores[row], iou, -place, row))
    return max(near)[-1] if near else None


def _joined(rows: ActionRows, links: list[_Link]) -> Tubes:
    """Return the tubes of the links, with the frames in between."""
    frames, boxes = [np.zeros(0, np.int64)], [np.zeros((0, 4))]
    for link in links:
        known = rows.frame[link.rows]
        frame = np.arange(known[0], known[-1] + 1)
        frames.append(frame)
        boxes.append(np.stack([np.interp(frame, known, side) for side in rows.xyxy[link.rows].T], axis=1))
    first = np.array([link.rows[0] for link in links], np.int64)
    return Tubes(
        tube=np.repeat(np.arange(len(links)), [len(frame) for frame in frames[1:]]),
        frame=np.concatenate(frames),
        xyxy=np.concatenate(boxes),
        video=rows.video[first],
        action_id=rows.action_id[first],
        score=np.array([link.score for link in links], np.float64),
    )


def _apart(tubes: Tubes) -> Array:
    """Return the mask of the tubes that are not overlapped by a better one that stays."""
    tube, other, iou = tube_overlaps(tubes, tubes)
    crowded = (tube != other) & (iou > THINNING_IOU)
    rivals: dict[int, list[int]] = {}
    for one, two in zip(tube[crowded].tolist(), other[crowded].tolist(), strict=True):
        rivals.setdefault(one, []).append(two)
    stays = np.ones(len(tubes), bool)
    for place in sorted(rivals, key=lambda place: -tubes.score[place]):
        if stays[place]:
            stays[rivals[place]] = False
    return stays
