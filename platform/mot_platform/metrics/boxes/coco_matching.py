"""Boxes matched by COCO's rules, and precision over any of the images, by the library faster-coco-eval.

The library's own classes make dictionaries of every box several times over, and match anew for each subset of
the images. Here its compiled functions get what they read, match once, and accumulate over whatever is asked.
"""

# R boxes, A ranges of area (all, small, medium, large), M limits on the boxes of an image

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from faster_coco_eval import COCOeval_faster, mask
from faster_coco_eval.faster_eval_api_cpp import COCOevalAccumulate, COCOevalEvaluateImages, Dataset

from mot_model.structures import Array

_CLASS = 0
"""The library wants a class; here boxes of another class are another image."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TruthColumns:
    """Ground truth of many images."""

    image: Array
    """int64 `(R,)`, counted from 0, in any order."""
    xywh: Array
    """float64 `(R, 4)`."""
    area: Array
    """float64 `(R,)`, by which a box is small, medium or large."""
    ignored: Array
    """bool `(R,)`: need not be found, and what matches it is not wrong."""
    crowd: Array
    """bool `(R,)`: matches any number of predictions, each by the share of it that lies within."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictedColumns:
    """Predictions of many images."""

    image: Array
    """int64 `(R,)`, counted from 0, in any order."""
    xywh: Array
    """float64 `(R, 4)`."""
    score: Array
    """float64 `(R,)`; of equal ones the first comes first."""


_Columns = TypeVar("_Columns", TruthColumns, PredictedColumns)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrecisionRecall:
    """What COCO averages; NaN where there is no ground truth to find."""

    precision: Array
    """float64 `(10, 101, A, M)`: for IoU 0.50, 0.55 .. 0.95 the best precision at recall 0, 0.01 .. 1 or
    beyond."""
    recall: Array
    """float64 `(10, A, M)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchedImages:
    """Predictions of many images matched to their ground truth."""

    evaluations: list[Any]
    """The library's matches, for each range of area all images in turn."""
    parameters: Any
    """The library's thresholds."""
    num_images: int

    def precision_recall(self, first: int, stop: int) -> PrecisionRecall:
        """Return precision and recall over the images from `first` up to but without `stop`."""
        parameters = copy(self.parameters)
        parameters.imgIds = range(first, stop)
        starts = [number * self.num_images for number in range(len(parameters.areaRng))]
        parts = [match for start in starts for match in self.evaluations[start + first : start + stop]]
        result = COCOevalAccumulate(parameters, parts)
        precision, recall = result["precision"][:, :, 0], result["recall"][:, 0]
        return PrecisionRecall(
            precision=np.where(precision < 0, math.nan, precision),
            recall=np.where(recall < 0, math.nan, recall),
        )


def match_images(
    truth: TruthColumns, predicted: PredictedColumns, *, num_images: int, max_boxes: Sequence[int] = (100,)
) -> MatchedImages:
    """Return the predictions matched to the ground truth in each image.

    Args:
        truth: Ground truth.
        predicted: Predictions.
        num_images: Images are counted from 0 to below this.
        max_boxes: How many boxes of an image count, the best ones; growing.

    Source: Lin et al., "Microsoft COCO", ECCV 2014; https://cocodataset.org/#detection-eval
    """
    truth = _in_order(truth, np.argsort(truth.image, kind="stable"))
    predicted = _in_order(predicted, np.lexsort((-predicted.score, predicted.image)))
    truth_of = _places(truth.image, num_images)
    predicted_of = _places(predicted.image, num_images, at_most=max_boxes[-1])
    parameters = COCOeval_faster(iouType="bbox").params
    parameters.maxDets, parameters.catIds = list(max_boxes), [_CLASS]
    evaluations = COCOevalEvaluateImages(
        parameters.areaRng,
        max_boxes[-1],
        parameters.iouThrs,
        _overlaps(truth, predicted, truth_of, predicted_of),
        _dataset(truth_of, _truth_records(truth)),
        _dataset(predicted_of, _predicted_records(predicted)),
        range(num_images),
        [_CLASS],
        True,
    )
    return MatchedImages(evaluations=evaluations, parameters=parameters, num_images=num_images)


def _in_order(columns: _Columns, order: Array) -> _Columns:
    """Return the columns with their rows in the given order."""
    return replace(columns, **{field.name: getattr(columns, field.name)[order] for field in fields(columns)})


def _places(image: Array, num_images: int, *, at_most: int | None = None) -> list[slice]:
    """Return where each image is in the sorted column `image`: its rows, or the first `at_most` of them."""
    start = np.searchsorted(image, np.arange(num_images + 1))
    stop = start[1:] if at_most is None else np.minimum(start[1:], start[:-1] + at_most)
    return [slice(*ends) for ends in zip(start[:-1].tolist(), stop.tolist(), strict=True)]


def _overlaps(
    truth: TruthColumns, predicted: PredictedColumns, truth_of: list[slice], predicted_of: list[slice]
) -> list[list[list[list[float]]]]:
    """Return by image and class the overlap of each prediction with each ground-truth box."""
    crowd = truth.crowd.tolist()
    return [
        [mask.iou(predicted.xywh[found], truth.xywh[real], crowd[real]).tolist()]
        if found.stop > found.start and real.stop > real.start
        else [[]]
        for found, real in zip(predicted_of, truth_of, strict=True)
    ]


def _truth_records(truth: TruthColumns) -> list[dict[str, Any]]:
    """Return what the library reads of each ground-truth box."""
    columns = (column.tolist() for column in (truth.area, truth.ignored, truth.crowd))
    return [
        {"id": number, "area": area, "ignore": ignored, "iscrowd": crowd}
        for number, (area, ignored, crowd) in enumerate(zip(*columns, strict=True), start=1)
    ]


def _predicted_records(predicted: PredictedColumns) -> list[dict[str, Any]]:
    """Return what the library reads of each prediction."""
    areas = (predicted.xywh[:, 2] * predicted.xywh[:, 3]).tolist()
    return [
        {"id": number, "area": area, "score": score}
        for number, (area, score) in enumerate(zip(areas, predicted.score.tolist(), strict=True), start=1)
    ]


def _dataset(images: list[slice], records: list[dict[str, Any]]) -> Any:
    """Return the records image by image as the library holds them."""
    dataset = Dataset()
    dataset.load_tuple((len(images), [(image, _CLASS, records[of]) for image, of in enumerate(images)]))
    return dataset
