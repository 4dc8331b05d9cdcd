"""Scores actions on JHMDB and UCF101-24: frame-mAP at IoU 0.5, video-mAP of tubes, and action accuracy.

Frame-mAP is that of the evaluator that YOWO ships for both data sets (Object-Detection-Metrics by R. Padilla,
every-point interpolation): boxes contain the pixel of their lower right corner, a prediction looks at the
ground-truth box of its class that it overlaps most and is wrong if that one is taken, and predictions in
frames without ground truth are wrong. `frameAP` of the ACT detector lets a prediction take another free box
and joins the points of the curve by lines, which gives slightly other figures.

Video-mAP is defined in `video_map`, its tubes in `tubes`, and where boxes have no ids in `tube_linking`: the
figures depend on the linking.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows, rows_of_ava
from mot_platform.formats.ava import read_action_list, read_ava
from mot_platform.formats.jhmdb import CLASS_NAMES, read_frame_files
from mot_platform.formats.parquet_actions import is_parquet, read_track_actions
from mot_platform.metrics.actions.action_images import action_boxes, image_numbers
from mot_platform.metrics.actions.action_inputs import differing_names, read_ava_truth, require_common_videos
from mot_platform.metrics.actions.action_map import action_map
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.box_actions import box_action_accuracy
from mot_platform.metrics.actions.track_rows import rows_at_times, rows_by_frame
from mot_platform.metrics.actions.tube_linking import linked_predictions, linked_truth
from mot_platform.metrics.actions.tubes import tubes_of_persons
from mot_platform.metrics.actions.video_map import video_map


def score_jhmdb(
    gt: Path,
    pred: Path,
    *,
    labels: Path | None = None,
    benchmark: Literal["jhmdb", "ucf101-24"] = "jhmdb",
) -> ActionReport:
    """Return how the actions in `pred` score against `gt`.

    Args:
        gt: Text files per frame, in a folder or a zip, or an AVA csv with ids of persons.
        pred: Text files per frame with scores, in a folder or a zip; or what `label` or `track --parquet`
            wrote, its frame 0 being frame 1 of a text file; or, where `gt` is one too, an AVA csv with
            persons and scores.
        labels: List of actions (`pbtxt`); those are evaluated. None for all that `gt` has, under the names of
            the benchmark.
        benchmark: Which names and numbers the classes have where `labels` is None.

    Raises:
        InputError: with file and line where there is one, if a file can't be used or is malformed.
        ValueError: with file and line, if a row of a csv is malformed.
    """
    names = (
        read_action_list(labels) if labels is not None else dict(enumerate(CLASS_NAMES[benchmark], start=1))
    )
    class_ids = {name: number for number, name in names.items()}
    truth = _read_truth(gt, class_ids)
    predicted, notes = _read_predictions(pred, truth, names, with_times=_is_csv(gt))
    require_common_videos(gt, truth, pred, predicted)
    elsewhere = len(set(predicted.videos) - set(truth.videos))
    if elsewhere:
        notes.append(f"not counted: {elsewhere} videos of the predictions that the ground truth lacks")
    predicted = predicted.of_videos(truth.videos)
    action_ids = (
        np.union1d(truth.action_id, predicted.action_id) if labels is None else np.array(sorted(names))
    )
    truth = truth[np.isin(truth.action_id, action_ids)]
    predicted = predicted[np.isin(predicted.action_id, action_ids)]
    if not len(truth):
        raise InputError(f"{gt}: no box to score")
    (truth_image, truth_empty), (image, _) = image_numbers([truth, predicted])
    true_boxes, boxes = action_boxes(truth, truth_image), action_boxes(predicted, image)
    true_tubes = tubes_of_persons(truth) if _has_ids(truth) else linked_truth(truth)
    tubes = tubes_of_persons(predicted) if _has_ids(predicted) else linked_predictions(predicted)
    sides = (("the ground truth", truth), ("the predictions", predicted))
    if linked := [side for side, rows in sides if len(rows) and not _has_ids(rows)]:
        notes.append(f"no ids in {' and '.join(linked)}: tubes are linked, and video-mAP depends on how")
    return ActionReport(
        benchmark=benchmark,
        action_map=action_map(true_boxes, boxes),
        accuracy=box_action_accuracy(true_boxes, boxes, action_ids=action_ids.tolist()),
        video_map=video_map(true_tubes, tubes),
        action_names=names,
        num_images=len(np.union1d(truth_image, truth_empty)),
        notes=tuple(notes),
    )


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _has_ids(rows: ActionRows) -> bool:
    """Return whether boxes know whose they are."""
    return bool((rows.person_id >= 0).all())


def _read_truth(gt: Path, class_ids: dict[str, int]) -> ActionRows:
    """Return the ground truth."""
    if not _is_csv(gt):
        return read_frame_files(gt, scored=False, class_ids=class_ids)
    rows = rows_of_ava(read_ava_truth(gt))
    if not _has_ids(rows):
        raise InputError(f"{gt}: no ids of persons in it, so no tubes; score it as benchmark ava")
    return rows


def _read_predictions(
    pred: Path, truth: ActionRows, names: dict[int, str], *, with_times: bool
) -> tuple[ActionRows, list[str]]:
    """Return the predictions, and what to note about them."""
    if is_parquet(pred):
        tracks = read_track_actions(pred)
        rows = rows_at_times(tracks, truth) if with_times else rows_by_frame(tracks, truth)
        return rows, differing_names(names, tracks.action_names())
    if with_times != _is_csv(pred):
        raise InputError(
            f"{pred}: the ground truth is {'an' if with_times else 'no'} AVA csv; it has times and shares "
            "of the frame where files per frame have pixels, so give both in one form"
        )
    if not with_times:
        class_ids = {name: number for number, name in names.items()}
        return read_frame_files(pred, scored=True, class_ids=class_ids), []
    rows = rows_of_ava(read_ava(pred, eighth="score"))
    if not _has_ids(rows):
        raise InputError(
            f"{pred}: no ids of persons in it; tubes need 9 columns, person and score the last two"
        )
    return rows, []
