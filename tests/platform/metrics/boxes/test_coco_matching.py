"""Our feed of the compiled evaluator against the library's own classes on the same boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from faster_coco_eval import COCO, COCOeval_faster

from mot_platform.metrics.boxes.coco_matching import PredictedColumns, TruthColumns, match_images

NUM_IMAGES = 12
MAX_BOXES = (1, 10, 100)


def _boxes(seed: int, num_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the image of each box and boxes of all sizes that overlap each other a lot."""
    random = np.random.default_rng(seed)
    size = random.choice([12.0, 60.0, 150.0], (num_rows, 1)) * random.uniform(0.9, 1.1, (num_rows, 2))
    corner = random.integers(0, 3, (num_rows, 2)) * 40 + random.uniform(-2, 2, (num_rows, 2))
    return random.integers(0, NUM_IMAGES, num_rows), np.concatenate([corner, size], axis=1)


@pytest.fixture(scope="module")
def columns() -> tuple[TruthColumns, PredictedColumns]:
    """Return boxes in no order, many to an image, some of them crowds, with tied scores."""
    random = np.random.default_rng(0)
    image, xywh = _boxes(1, 400)
    crowd = random.random(400) < 0.1
    area = xywh[:, 2] * xywh[:, 3] * random.uniform(0.5, 1, 400)
    truth = TruthColumns(image=image, xywh=xywh, area=area, ignored=crowd, crowd=crowd)
    image, xywh = _boxes(2, 1500)
    return truth, PredictedColumns(image=image, xywh=xywh, score=random.random(1500).round(2))


def _reference(truth: TruthColumns, predicted: PredictedColumns, images: range) -> COCOeval_faster:
    """Return the library's evaluation of some of the images, from dictionaries."""
    rows = zip(*(c.tolist() for c in (truth.image, truth.xywh, truth.area, truth.crowd)), strict=True)
    names = ("image_id", "bbox", "area", "iscrowd")
    annotations = [dict(zip(names, row, strict=True)) | {"category_id": 1} for row in rows]
    dataset = {
        "images": [{"id": image} for image in images],
        "categories": [{"id": 1, "name": "person"}],
        "annotations": [a | {"id": i} for i, a in enumerate(annotations, 1) if a["image_id"] in images],
    }
    gold = COCO(dataset, print_function=lambda *_: None)
    rows = zip(*(c.tolist() for c in (predicted.image, predicted.xywh, predicted.score)), strict=True)
    found = [
        {"image_id": image, "category_id": 1, "bbox": xywh, "score": score}
        for image, xywh, score in rows
        if image in images
    ]
    evaluator = COCOeval_faster(gold, gold.loadRes(found), iouType="bbox", print_function=lambda *_: None)
    evaluator.run()
    return evaluator


@pytest.mark.parametrize("images", [range(NUM_IMAGES), range(3, 7)], ids=["all images", "some images"])
def test_equals_the_library_on_dictionaries(
    columns: tuple[TruthColumns, PredictedColumns], images: range
) -> None:
    matched = match_images(*columns, num_images=NUM_IMAGES, max_boxes=MAX_BOXES)
    ours = matched.precision_recall(images.start, images.stop)
    reference = _reference(*columns, images).eval
    assert 0 < reference["precision"].mean() < 1
    np.testing.assert_array_equal(ours.precision, reference["precision"][:, :, 0])
    np.testing.assert_array_equal(ours.recall, reference["recall"][:, 0])


def test_images_without_ground_truth_are_undefined_and_without_predictions_zero(
    columns: tuple[TruthColumns, PredictedColumns],
) -> None:
    truth, predicted = columns
    later = PredictedColumns(image=predicted.image + NUM_IMAGES, xywh=predicted.xywh, score=predicted.score)
    matched = match_images(truth, later, num_images=2 * NUM_IMAGES)
    assert matched.precision_recall(0, NUM_IMAGES).precision.max() == 0
    assert np.isnan(matched.precision_recall(NUM_IMAGES, 2 * NUM_IMAGES).precision).all()
    assert math.isnan(matched.precision_recall(3, 3).recall.max())
