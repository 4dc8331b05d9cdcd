"""What is read of COCO json, and how its faults are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mot_platform.errors import InputError
from mot_platform.formats.coco import CocoTruth, read_coco_results, read_coco_truth

BOX = {"image_id": 3, "category_id": 1, "bbox": [1, 2, 3.5, 4]}


def _truth(**changes: Any) -> dict[str, Any]:
    annotation = BOX | {"id": 8, "area": 9.5, "iscrowd": 1}
    return {
        "images": [{"id": 3}, {"id": 1}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [annotation, {key: BOX[key] for key in BOX}],
    } | changes


@pytest.fixture
def truth(tmp_path: Path) -> CocoTruth:
    return read_coco_truth(_file(tmp_path, _truth()))


def _file(folder: Path, data: Any) -> Path:
    path = folder / "file.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_boxes_are_read_and_what_may_be_missing_is_filled_in(truth: CocoTruth) -> None:
    assert (truth.image_id.tolist(), truth.categories) == ([1, 3], {1: "cat"})
    assert truth.xywh.tolist() == [[1, 2, 3.5, 4]] * 2
    assert (truth.area.tolist(), truth.crowd.tolist()) == ([9.5, 14], [True, False])


def test_numbers_of_any_size_are_numbers(tmp_path: Path) -> None:
    truth = read_coco_truth(_file(tmp_path, _truth(annotations=[BOX | {"area": 10**30}])))
    assert truth.area.tolist() == [1e30]


def test_results_are_read(tmp_path: Path, truth: CocoTruth) -> None:
    results = read_coco_results(_file(tmp_path, [BOX | {"score": 0.5}, BOX | {"score": 1}]), truth)
    assert (results.image.tolist(), results.score.tolist()) == ([3, 3], [0.5, 1])
    assert len(read_coco_results(_file(tmp_path, []), truth).image) == 0


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param("hello", "not a readable json file", id="no json"),
        pytest.param([], "no object with lists images, categories, annotations", id="a list"),
        pytest.param(_truth(annotations=None), "no object with lists", id="no annotations"),
        pytest.param(_truth(images=[{"id": "a"}]), "images[0]: id is 'a', not a whole number", id="name"),
        pytest.param(_truth(categories=[]), "no categories in it", id="no classes"),
        pytest.param(_truth(images=[3]), "images[0] is 3, not an object", id="no object"),
        pytest.param(_truth(images=[]), "annotations[0]: image_id 3 is not in the ground truth", id="image"),
        pytest.param(
            _truth(annotations=[BOX, BOX | {"category_id": 2}]),
            "annotations[1]: category_id 2 is not in the ground truth",
            id="class",
        ),
        pytest.param(_truth(annotations=[{"image_id": 3}]), "annotations[0] has no category_id", id="field"),
        pytest.param(_truth(annotations=[BOX | {"iscrowd": 2}]), "iscrowd is 2, not 0 or 1", id="crowd"),
    ],
)
def test_malformed_ground_truth_is_named_by_file_and_entry(tmp_path: Path, data: Any, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        read_coco_truth(_file(tmp_path, data))
    assert str(caught.value).startswith(str(tmp_path / "file.json"))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param({}, "expected a list of objects, got dict", id="an object"),
        pytest.param([BOX], "[0] has no score", id="no score"),
        pytest.param([BOX | {"score": "1"}], "[0]: score is '1', not a finite number", id="text"),
        pytest.param(
            '[{"image_id": 3, "category_id": 1, "bbox": [1, 2, NaN, 4], "score": 1}]',
            "[0]: bbox is [1, 2, nan, 4], not [left, top, width, height]",
            id="nan",
        ),
        pytest.param(
            [BOX | {"score": 1}, BOX | {"score": 1, "image_id": 4}],
            "[1]: image_id 4 is not in the ground truth",
            id="image",
        ),
        pytest.param([BOX | {"score": 1, "category_id": 0}], "none is in the ground truth", id="classes"),
    ],
)
def test_malformed_results_are_named_by_file_and_entry(
    tmp_path: Path, truth: CocoTruth, data: Any, problem: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_coco_results(_file(tmp_path, data), truth)
    assert str(caught.value).startswith(str(tmp_path / "file.json"))
    assert problem in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_coco_truth(tmp_path / "nowhere")
