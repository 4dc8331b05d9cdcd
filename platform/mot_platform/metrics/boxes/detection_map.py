"""COCO average precision of boxes: of one set of images, or of several sets and of all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mot_model.boxes import box_area, xyxy_to_xywh
from mot_model.structures import Array

if TYPE_CHECKING:
    from mot_platform.metrics.boxes.coco_matching import MatchedImages, PrecisionRecall


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageBoxes:
    """Boxes of many images as columns; a box matches another of any class.

    Raises:
        ValueError: if the columns differ in length.
    """

    image: Array
    """int64 `(R,)`, any numbering of the images."""
    xyxy: Array
    """float `(R, 4)`, pixels."""
    score: Array
    """float `(R,)`; in ground truth 0 means: ignore this box and what matches it."""

    def __post_init__(self) -> None:
        lengths = [len(self.image), len(self.xyxy), len(self.score)]
        if len(set(lengths)) != 1:
            raise ValueError(f"image, xyxy and score need one length, but have {lengths}")


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionScores:
    """COCO's averages, in [0, 1]; NaN where there is no ground truth to find."""

    mean_ap: float
    """Mean over classes and IoU 0.50, 0.55 .. 0.95 of the 101-point average precision."""
    ap50: float
    ap75: float
    ap_small: float
    """Boxes below 32 x 32 px."""
    ap_medium: float
    ap_large: float
    """Boxes above 96 x 96 px."""
    recall_100: float
    """Average recall with at most 100 boxes in an image."""
    precision: Array = field(repr=False, compare=False)
    """float64 `(10, 101)`: for IoU 0.50, 0.55 .. 0.95 the best precision at recall 0, 0.01 .. 1 or beyond,
    mean over classes; NaN where undefined."""

    def to_dict(self) -> dict[str, float | None]:
        """Return the figures by name, None where undefined; without the curves."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        return {name: None if math.isnan(value) else value for name, value in figures.items()}


_FIGURES = ("mean_ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "recall_100")


def average_precision(classes: Sequence[PrecisionRecall]) -> DetectionScores:
    """Return the figures over classes, of which those without ground truth do not count."""
    precision = np.stack([part.precision[..., -1] for part in classes], axis=2)
    recall = np.stack([part.recall[..., -1] for part in classes], axis=1)
    present = ~np.isnan(precision[0, 0, :, 0])
    return DetectionScores(
        mean_ap=mean_of_defined(precision[..., 0]),
        ap50=mean_of_defined(precision[0, ..., 0]),
        ap75=mean_of_defined(precision[5, ..., 0]),
        ap_small=mean_of_defined(precision[..., 1]),
        ap_medium=mean_of_defined(precision[..., 2]),
        ap_large=mean_of_defined(precision[..., 3]),
        recall_100=mean_of_defined(recall[..., 0]),
        precision=precision[:, :, present, 0].mean(axis=2) if present.any() else precision[:, :, 0, 0],
    )


def mean_of_defined(values: Array) -> float:
    """Return the mean of what is not NaN, NaN if all is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else math.nan


def detection_scores(truth: ImageBoxes, predicted: ImageBoxes) -> DetectionScores:
    """Return COCO's figures for `predicted` against `truth`.

    Ground-truth boxes with score 0 need not be found, and a prediction that matches one does not count, by
    the rule COCO has for boxes outside an area range (each such box forgives one prediction).

    Raises:
        ValueError: if a box or score is not finite.
    """
    return detection_scores_by_group([truth], [predicted])[1]


def detection_scores_by_group(
    truths: Sequence[ImageBoxes], predictions: Sequence[ImageBoxes], *, need_ranking: bool = False
) -> tuple[list[DetectionScores], DetectionScores]:
    """Return COCO's figures for each group of images (such as a sequence), and for all of them together.

    Boxes are matched once; that is half the work of one call of `detection_scores` for each.

    Args:
        truths: Ground truth of each group, see `detection_scores`.
        predictions: Predictions of each group; its images are numbered as in the ground truth of the group.
        need_ranking: Whether figures are undefined (NaN) where several predictions all have the same score.
            Average precision asks how well scores rank boxes. Most files of tracks have one constant score,
            of which it would tell little but the order of the rows.

    Raises:
        ValueError: if a box or score is not finite.
    """
    for what, parts in (("ground truth", truths), ("predictions", predictions)):
        if not all(np.isfinite(part.xyxy).all() and np.isfinite(part.score).all() for part in parts):
            raise ValueError(f"the {what} have a box or score that is not finite")
    if need_ranking and not _ranks(np.concatenate([part.score for part in predictions])):
        return [undefined_scores() for _ in truths], undefined_scores()
    matched, start = _match_groups(truths, predictions)
    groups = [
        average_precision([matched.precision_recall(first, stop)])
        if not need_ranking or _ranks(predicted.score)
        else undefined_scores()
        for predicted, first, stop in zip(predictions, start[:-1], start[1:], strict=True)
    ]
    if len(groups) == 1:
        return groups, groups[0]
    return groups, average_precision([matched.precision_recall(0, matched.num_images)])


def _ranks(score: Array) -> bool:
    """Return whether scores can order boxes."""
    return len(score) < 2 or bool((score != score[0]).any())


def _match_groups(
    truths: Sequence[ImageBoxes], predictions: Sequence[ImageBoxes]
) -> tuple[MatchedImages, list[int]]:
    """Return all images matched, and the number of the first image of each group, and of all images."""
    # the library comes with OpenCV, and files of tracks seldom need it
    from mot_platform.metrics.boxes.coco_matching import PredictedColumns, TruthColumns, match_images

    start, truth_image, predicted_image = [0], [], []
    for truth, predicted in zip(truths, predictions, strict=True):
        names, number = np.unique(np.concatenate([truth.image, predicted.image]), return_inverse=True)
        truth_image.append(number[: len(truth.image)] + start[-1])
        predicted_image.append(number[len(truth.image) :] + start[-1])
        start.append(start[-1] + len(names))
    xyxy = np.concatenate([part.xyxy for part in truths])
    flag = np.concatenate([part.score for part in truths])
    matched = match_images(
        TruthColumns(
            image=np.concatenate(truth_image),
            xywh=xyxy_to_xywh(xyxy),
            area=box_area(xyxy),
            ignored=flag == 0,
            crowd=np.zeros(len(flag), bool),
        ),
        PredictedColumns(
            image=np.concatenate(predicted_image),
            xywh=xyxy_to_xywh(np.concatenate([part.xyxy for part in predictions])),
            score=np.concatenate([part.score for part in predictions]),
        ),
        num_images=start[-1],
    )
    return matched, start


def undefined_scores() -> DetectionScores:
    """Return scores that say nothing: every figure NaN."""
    return DetectionScores(**dict.fromkeys(_FIGURES, math.nan), precision=np.full((10, 101), math.nan))
