"""COCO json scored from files, against the library's own classes on the same files."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_coco_eval import COCO, COCOeval_faster

from mot_platform.metrics.boxes.coco_report import score_coco

CATEGORIES = [{"id": 7, "name": "dog"}, {"id": 2, "name": "cat"}, {"id": 30, "name": "never there"}]
IMAGES = [5, 900, 12, 33, 41]


def _write(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return boxes of two classes in five images, some of them crowds, and noisy predictions."""
    random = np.random.default_rng(3)
    annotations, results = [], []
    for number in range(1, 90):
        width, height = (random.choice([14, 60, 180]) * random.uniform(0.8, 1.2, 2)).tolist()
        box = [*random.uniform(0, 150, 2).tolist(), width, height]
        place = {"image_id": int(random.choice(IMAGES)), "category_id": int(random.choice([2, 7]))}
        area = width * height * random.uniform(0.4, 1)
        crowd = int(random.random() < 0.15)
        annotations.append({"id": number, "bbox": box, "area": area, "iscrowd": crowd, **place})
        for _ in range(random.integers(0, 5)):
            near = (np.array(box) + random.normal(0, 0.06 * width, 4)).tolist()
            results.append({"bbox": near, "score": round(random.random(), 1), **place})
    results.append({"bbox": [0, 0, 9, 9], "score": 1.0, "image_id": 5, "category_id": 99})
    truth = {"images": [{"id": i} for i in IMAGES], "categories": CATEGORIES, "annotations": annotations}
    return _write(tmp_path / "instances.json", truth), _write(tmp_path / "results.json", results)


def test_every_figure_equals_the_library_on_the_same_files(files: tuple[Path, Path]) -> None:
    report = score_coco(*files)
    gold = COCO(str(files[0]), print_function=lambda *_: None)
    evaluator = COCOeval_faster(
        gold, gold.loadRes(str(files[1])), iouType="bbox", print_function=lambda *_: None
    )
    evaluator.run()
    assert list(report.scalars().values()) == evaluator.stats[:12].tolist()
    for column, scores in enumerate(report.classes[:2]):
        precision = evaluator.eval["precision"][:, :, column, 0, 2]
        np.testing.assert_array_equal(scores.detection.precision, precision)
        assert 0 < scores.detection.mean_ap == pytest.approx(precision.mean())


def test_classes_are_listed_with_their_counts(files: tuple[Path, Path]) -> None:
    report = score_coco(*files)
    assert [(part.category_id, part.name) for part in report.classes] == [
        (2, "cat"),
        (7, "dog"),
        (30, "never there"),
    ]
    assert math.isnan(report.classes[2].detection.mean_ap)
    assert sum(part.num_boxes for part in report.classes) == report.num_boxes < 89
    assert sum(part.num_predictions for part in report.classes) == report.num_predictions - 1
    assert (report.num_images, report.num_unknown) == (5, 1)
    assert json.loads(json.dumps(report.to_dict()))["classes"][2]["mean_ap"] is None


def test_no_prediction_scores_zero(files: tuple[Path, Path]) -> None:
    report = score_coco(files[0], _write(files[1], []))
    assert set(report.scalars().values()) == {0}
