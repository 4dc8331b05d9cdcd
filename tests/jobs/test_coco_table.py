"""The scores of COCO json on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from mot_jobs.coco_table import coco_table
from mot_platform.metrics.boxes.coco_report import score_coco


def test_classes_and_their_mean_are_rows(tmp_path: Path) -> None:
    box = {"image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 50]}
    truth = {
        "images": [{"id": 1}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [box],
    }
    (tmp_path / "gt.json").write_text(json.dumps(truth))
    (tmp_path / "pred.json").write_text(json.dumps([box | {"score": 1}]))
    console = Console(width=200)
    with console.capture() as capture:
        console.print(coco_table(score_coco(tmp_path / "gt.json", tmp_path / "pred.json")))
    words = [line.replace("│", " ").split() for line in capture.get().splitlines()]
    figures = ["100.00", "100.00", "100.00", "-", "100.00", "-", "100.00", "1", "1"]
    assert ["cat", *figures] in words
    assert ["dog", *["-"] * 7, "0", "0"] in words
    assert ["MEAN", *figures] in words
