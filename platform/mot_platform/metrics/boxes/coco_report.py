"""Scores boxes in COCO json: average precision by class and over all, as the COCO evaluators give it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from mot_platform.formats.coco import CocoResults, CocoTruth, read_coco_results, read_coco_truth
from mot_platform.metrics.boxes.coco_matching import (
    MatchedImages,
    PredictedColumns,
    TruthColumns,
    match_images,
)
from mot_platform.metrics.boxes.detection_map import DetectionScores, average_precision, mean_of_defined

_MAX_BOXES = (1, 10, 100)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassScores:
    """The scores of one class."""

    category_id: int
    name: str
    num_boxes: int
    """Ground-truth boxes to find, crowds not among them."""
    num_predictions: int
    detection: DetectionScores

    def to_dict(self) -> dict[str, object]:
        """Return every field for JSON, undefined figures as None."""
        return {
            "category_id": self.category_id,
            "name": self.name,
            "num_boxes": self.num_boxes,
            "num_predictions": self.num_predictions,
            **self.detection.to_dict(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class CocoReport:
    """The twelve figures of COCO, and those of each class."""

    num_images: int
    num_boxes: int
    """Ground-truth boxes to find, crowds not among them."""
    num_predictions: int
    num_unknown: int
    """Predictions of a class that the ground truth does not have; they do not count."""
    classes: tuple[ClassScores, ...]
    """By id."""
    overall: DetectionScores
    """Means over classes."""
    recall_1: float
    """Average recall with at most this many boxes in an image."""
    recall_10: float
    recall_small: float
    """Average recall by size, with at most 100 boxes in an image."""
    recall_medium: float
    recall_large: float

    def scalars(self) -> dict[str, float]:
        """Return the figures over all classes for MLflow, undefined ones left out."""
        overall = self.overall
        figures = {
            "detection_mAP": overall.mean_ap,
            "detection_AP50": overall.ap50,
            "detection_AP75": overall.ap75,
            "detection_AP_small": overall.ap_small,
            "detection_AP_medium": overall.ap_medium,
            "detection_AP_large": overall.ap_large,
            "detection_AR_1": self.recall_1,
            "detection_AR_10": self.recall_10,
            "detection_AR_100": overall.recall_100,
            "detection_AR_small": self.recall_small,
            "detection_AR_medium": self.recall_medium,
            "detection_AR_large": self.recall_large,
        }
        return {name: value for name, value in figures.items() if math.isfinite(value)}

    def to_dict(self) -> dict[str, object]:
        """Return the whole report for JSON."""
        return {
            "benchmark": "coco",
            "num_images": self.num_images,
            "num_boxes": self.num_boxes,
            "num_predictions": self.num_predictions,
            "num_unknown": self.num_unknown,
            "overall": self.scalars(),
            "classes": [scores.to_dict() for scores in self.classes],
        }


def score_coco(gt: Path, pred: Path) -> CocoReport:
    """Return the scores of the results in `pred` against the ground truth in `gt`.

    Args:
        gt: Instances, see `read_coco_truth`.
        pred: Results, see `read_coco_results`.

    Raises:
        InputError: if a file can't be read, naming the entry that is malformed.
    """
    truth = read_coco_truth(gt)
    predicted = read_coco_results(pred, truth)
    known = np.isin(predicted.category, list(truth.categories))
    matched, start = _match(truth, predicted)
    parts = [matched.precision_recall(*span) for span in pairwise(start)]
    recall = np.stack([part.recall for part in parts], axis=1)  # (10, classes, areas, limits)
    classes = tuple(
        ClassScores(
            category_id=category_id,
            name=name,
            num_boxes=int(((truth.category == category_id) & ~truth.crowd).sum()),
            num_predictions=int((predicted.category == category_id).sum()),
            detection=average_precision([part]),
        )
        for part, (category_id, name) in zip(parts, truth.categories.items(), strict=True)
    )
    return CocoReport(
        num_images=len(truth.image_id),
        num_boxes=int((~truth.crowd).sum()),
        num_predictions=len(known),
        num_unknown=int((~known).sum()),
        classes=classes,
        overall=average_precision(parts),
        recall_1=mean_of_defined(recall[..., 0, 0]),
        recall_10=mean_of_defined(recall[..., 0, 1]),
        recall_small=mean_of_defined(recall[..., 1, 2]),
        recall_medium=mean_of_defined(recall[..., 2, 2]),
        recall_large=mean_of_defined(recall[..., 3, 2]),
    )


def _match(truth: CocoTruth, predicted: CocoResults) -> tuple[MatchedImages, list[int]]:
    """Return the boxes matched in each image and class, and where each class begins, and how many there are.

    What has no box is left out.
    """
    categories = np.array(list(truth.categories), np.int64)
    known = np.isin(predicted.category, categories)
    num_images = len(truth.image_id)
    cells = [
        np.searchsorted(categories, boxes.category[kept]) * num_images
        + np.searchsorted(truth.image_id, boxes.image[kept])
        for boxes, kept in ((truth, slice(None)), (predicted, known))
    ]
    occupied, number = np.unique(np.concatenate(cells), return_inverse=True)
    matched = match_images(
        TruthColumns(
            image=number[: len(cells[0])],
            xywh=truth.xywh,
            area=truth.area,
            ignored=truth.crowd,
            crowd=truth.crowd,
        ),
        PredictedColumns(
            image=number[len(cells[0]) :], xywh=predicted.xywh[known], score=predicted.score[known]
        ),
        num_images=len(occupied),
        max_boxes=_MAX_BOXES,
    )
    return matched, np.searchsorted(occupied, np.arange(len(categories) + 1) * num_images).tolist()
