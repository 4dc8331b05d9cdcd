"""Scores AVA files: frame-mAP at IoU 0.5 as the ActivityNet evaluator gives it, and action accuracy.

`get_ava_performance.py` has changed over the years, and with it what a number means. Edition `2020` is the
official script of today: an image is a video and a time to a microsecond; an image that the ground truth does
not list, by a row with a box of any class or by a row of only `video,time`, is not scored; and of the
predictions of an image, all evaluated classes together, only the 50 best count (since March 2019). Edition
`2018` is its first release, which SlowFast, mmaction2 0.x and others have copied and most papers have used:
no limit, and predictions in images without ground truth are wrong, unless the image is in the list of
excluded timestamps (which the official script no longer takes; here it works in both).

The command calls the edition of 2018 `ava` and that of 2020 `ava-2020`. In both, classes that the list of
actions lacks are ignored on both sides; a prediction without area is dropped, but takes one of the 50 places;
and the mean is over classes with ground truth. There are three differences: predictions of equal score rank
in the order of the file, where the official order is that of an unstable sort; edition 2018 cut times to
whole seconds; and rows that can't be meant, such as boxes in pixels or ground truth that ends before it
begins, are refused.

Source: https://github.com/activitynet/ActivityNet, Evaluation/get_ava_performance.py, commits be7854e (2018),
3fee089 (the 50 best), c070fdb (rows without a box, no excluded timestamps) and 4e455cb (microseconds).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows, rows_of_ava
from mot_platform.formats.ava import AvaRows, read_action_list, read_ava, read_ava_images
from mot_platform.formats.parquet_actions import is_parquet, read_track_actions
from mot_platform.metrics.actions.action_images import action_boxes, image_numbers
from mot_platform.metrics.actions.action_inputs import differing_names, read_ava_truth, require_common_videos
from mot_platform.metrics.actions.action_map import ActionBoxes, action_map
from mot_platform.metrics.actions.action_report import ActionReport
from mot_platform.metrics.actions.best_in_image import best_in_image
from mot_platform.metrics.actions.box_actions import box_action_accuracy
from mot_platform.metrics.actions.track_rows import rows_at_times

AvaEdition = Literal["2018", "2020"]

MAX_IN_IMAGE = 50


def score_ava(
    gt: Path,
    pred: Path,
    *,
    labels: Path | None = None,
    exclude: Path | None = None,
    edition: AvaEdition = "2018",
) -> ActionReport:
    """Return how the actions in `pred` score against `gt`.

    Args:
        gt: AVA csv, with or without ids of persons.
        pred: AVA csv with scores (8 columns, or 9 with ids of persons before them), or what `label` or
            `track --parquet` wrote: of the frames of a video those nearest to the times of `gt` count.
        labels: List of actions (`pbtxt`); those are evaluated. None for all that `gt` has, in accuracy for
            all that either file has.
        exclude: Csv of `video,time`; these images are left out of both sides.
        edition: Which of the official evaluators to follow; see the module.

    Raises:
        InputError: if a file can't be used, `gt` has no box to score, or the files have no video in common.
        ValueError: with file and line, if a row is malformed.
    """
    names = read_action_list(labels) if labels is not None else {}
    truth = rows_of_ava(read_ava_truth(gt))
    predicted, found_names, notes = _read_predictions(pred, truth)
    require_common_videos(gt, truth, pred, predicted)
    excluded = rows_of_ava(AvaRows.without_boxes(read_ava_images(exclude) if exclude is not None else []))
    numbers = image_numbers([truth, predicted, excluded])
    (truth_image, truth_empty), (image, _), (_, excluded_image) = numbers
    images = np.setdiff1d(np.concatenate([truth_image, truth_empty]), excluded_image)
    counted = np.isin(image, images) if edition == "2020" else ~np.isin(image, excluded_image)
    action_ids = np.array(sorted(names) or np.unique(truth.action_id))
    all_ids = np.array(sorted(names) or np.union1d(truth.action_id, predicted.action_id))
    asked = np.isin(truth.action_id, action_ids) & np.isin(truth_image, images)
    if not asked.any():
        raise InputError(f"{gt}: no box to score: none is left of the evaluated actions and images")
    true_boxes, boxes = action_boxes(truth, truth_image)[asked], action_boxes(predicted, image)
    evaluated = np.isin(predicted.action_id, action_ids)
    best, left_out = _best_rows(boxes, evaluated=evaluated, counted=counted, edition=edition)
    named = counted & np.isin(predicted.action_id, all_ids)
    return ActionReport(
        benchmark="ava" if edition == "2018" else "ava-2020",
        action_map=action_map(true_boxes, boxes[best]),
        accuracy=box_action_accuracy(true_boxes, boxes[named], action_ids=all_ids.tolist()),
        action_names=names or found_names,
        num_images=len(images),
        notes=(*notes, *differing_names(names, found_names), *left_out),
    )


def _read_predictions(pred: Path, truth: ActionRows) -> tuple[ActionRows, dict[int, str], list[str]]:
    """Return the predictions, the names of their actions where known, and what to note."""
    if is_parquet(pred):
        tracks = read_track_actions(pred)
        return rows_at_times(tracks, truth), tracks.action_names(), []
    if pred.is_dir():
        raise InputError(f"{pred}: expected an AVA csv, or a folder with Parquet files of tracks")
    rows = read_ava(pred, eighth="score")
    unscored = bool(len(rows)) and bool((rows.score == 1).all()) and bool((rows.person_id == -1).all())
    return rows_of_ava(rows), {}, ["all predicted rows have score 1"] if unscored else []


def _best_rows(
    boxes: ActionBoxes, *, evaluated: Array, counted: Array, edition: AvaEdition
) -> tuple[Array, list[str]]:
    """Return which predictions are ranked, and what to note about the others.

    Args:
        boxes: All predictions.
        evaluated: Mask `(R,)` of those with an evaluated action.
        counted: Mask `(R,)` of those in images that count.
        edition: Which may limit their number in an image.
    """
    rows = np.flatnonzero(evaluated & counted)
    best = best_in_image(boxes[rows], MAX_IN_IMAGE) if edition == "2020" else np.ones(len(rows), bool)
    reasons = {
        "predicted rows of other actions": ~evaluated,
        "predicted rows in images that are excluded or have no truth": evaluated & ~counted,
        f"predicted rows beyond the {MAX_IN_IMAGE} best of their image": ~best,
    }
    return rows[best], [f"not counted: {mask.sum()} {why}" for why, mask in reasons.items() if mask.any()]
