"""COCO average precision of boxes, computed by faster-coco-eval from arrays, without files and in silence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from mot_model.boxes import box_area, xyxy_to_xywh
from mot_model.structures import Array

_OUTSIDE_EVERY_AREA = 1e12  # COCO ignores boxes of this area in px, and predictions that match them


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageBoxes:
    """Boxes of many images as columns.

    Raises:
        ValueError: if the columns differ in length.
    """

    image: Array
    """int64 `(R,)`, any numbering of the images."""
    xyxy: Array
    """float `(R, 4)`, pixels."""
    score: Array
    """float `(R,)`; in ground truth 0 means: ignore this box and what matches it."""
    class_id: Array
    """int64 `(R,)`."""

    def __post_init__(self) -> None:
        lengths = [len(self.image), len(self.xyxy), len(self.score), len(self.class_id)]
        if len(set(lengths)) != 1:
            raise ValueError(f"image, xyxy, score and class_id need one length, but have {lengths}")


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
    precision: Array = field(default_factory=lambda: np.full((10, 101), math.nan), repr=False, compare=False)
    """float64 `(10, 101)`: for IoU 0.50, 0.55 .. 0.95 the best precision at recall 0, 0.01 .. 1 or beyond,
    mean over classes; NaN where undefined."""

    def to_dict(self) -> dict[str, float | None]:
        """Return the figures by name, None where undefined; without the curves."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        return {name: None if math.isnan(value) else value for name, value in figures.items()}


_FIGURES = ("mean_ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "recall_100")


def _annotations(boxes: ImageBoxes, areas: Array) -> list[dict[str, object]]:
    """Return the boxes as COCO annotations with ids from 1."""
    columns = zip(
        boxes.image.tolist(),
        boxes.class_id.tolist(),
        xyxy_to_xywh(boxes.xyxy).tolist(),
        areas.tolist(),
        boxes.score.tolist(),
        strict=True,
    )
    return [
        {
            "id": number,
            "image_id": image,
            "category_id": class_id,
            "bbox": xywh,
            "area": area,
            "score": score,
            "iscrowd": 0,
        }
        for number, (image, class_id, xywh, area, score) in enumerate(columns, start=1)
    ]


def detection_scores(truth: ImageBoxes, predicted: ImageBoxes) -> DetectionScores:
    """Return COCO's figures for `predicted` against `truth`.

    Ground-truth boxes with score 0 need not be found, and a prediction that matches one does not count, by
    the rule COCO has for boxes outside an area range (each such box forgives one prediction).

    Raises:
        ValueError: if a box or score is not finite.

    Source: Lin et al., "Microsoft COCO", ECCV 2014; https://cocodataset.org/#detection-eval
    """
    for what, boxes in (("ground truth", truth), ("predictions", predicted)):
        if not (np.isfinite(boxes.xyxy).all() and np.isfinite(boxes.score).all()):
            raise ValueError(f"the {what} have a box or score that is not finite")
    counted = truth.score != 0
    if not counted.any():
        return _scores([math.nan] * len(_FIGURES), np.full((10, 101), math.nan))
    if not len(predicted.score):
        sizes = box_area(truth.xyxy[counted])
        small, large = (sizes < 32**2).any(), (sizes > 96**2).any()
        medium = ((sizes >= 32**2) & (sizes <= 96**2)).any()
        by_size = [0.0 if present else math.nan for present in (small, medium, large)]
        return _scores([0.0, 0.0, 0.0, *by_size, 0.0], np.zeros((10, 101)))
    images = np.union1d(truth.image, predicted.image).tolist()
    categories = np.unique(truth.class_id[counted]).tolist()
    dataset = {
        "images": [{"id": image} for image in images],
        "categories": [{"id": class_id, "name": str(class_id)} for class_id in categories],
        "annotations": _annotations(truth, np.where(counted, box_area(truth.xyxy), _OUTSIDE_EVERY_AREA)),
    }
    gold = COCO(dataset, print_function=_silent)
    found = gold.loadRes(_annotations(predicted, box_area(predicted.xyxy)))
    evaluator = COCOeval_faster(gold, found, iouType="bbox", print_function=_silent)
    evaluator.run()
    stats = [math.nan if value < 0 else float(value) for value in evaluator.stats[:12]]
    by_class = evaluator.eval["precision"][:, :, :, 0, -1]
    precision = np.where(by_class < 0, math.nan, by_class)
    return _scores([*stats[:6], stats[8]], np.nanmean(precision, axis=2))


def _silent(*_: object) -> None:
    """Print nothing."""


def _scores(figures: list[float], precision: Array) -> DetectionScores:
    """Return the scores, the figures in the order of their fields."""
    return DetectionScores(**dict(zip(_FIGURES, figures, strict=True)), precision=precision)
