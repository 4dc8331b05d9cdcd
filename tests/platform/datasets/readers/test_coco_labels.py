"""Behaviour of reading COCO json as labels."""

from __future__ import annotations

import json

import pytest

from mot_platform.datasets.readers.coco_labels import read_coco_labels
from mot_platform.datasets.readers.custom_media import MediaNames, find_media


def coco(images, annotations=(), videos=({"id": 1, "name": "a"},)) -> str:
    categories = [{"id": 1, "name": "person"}]
    return json.dumps(
        {"videos": videos, "images": images, "annotations": annotations, "categories": categories}
    )


def box(image: int, **more: object) -> dict[str, object]:
    return {"image_id": image, "category_id": 1, "bbox": [1, 2, 3, 4]} | more


@pytest.mark.parametrize(
    ("numbers", "frames"),
    [
        pytest.param([0, 1, 4], [0, 1, 4], id="from 0"),
        pytest.param([1, 2, 5], [0, 1, 4], id="from 1"),
    ],
)
@pytest.mark.parametrize("field", ["frame_id", "frame_index"])
def test_frames_are_counted_from_0_or_1(tmp_path, write_text, log, numbers, frames, field) -> None:
    images = [{"id": number, "video_id": 1, field: number} for number in numbers]
    path = write_text("a.json", coco(images, [box(numbers[1], track_id=5, iscrowd=1)]))
    labels = read_coco_labels(path, MediaNames({}), log)["a"]
    assert labels.labelled.tolist() == frames
    assert labels.position.tolist() == [1]
    assert labels.track_id.tolist() == [5]
    assert labels.ignored.tolist() == [True]
    assert labels.xyxy.tolist() == [[1, 2, 4, 6]]


def test_images_alone_tell_video_and_frame_by_their_names(tmp_path, write_text, write_images, log) -> None:
    write_images("seq", [0, 1, 2])
    images = [{"id": 7, "file_name": "seq/000001.jpg"}, {"id": 8, "file_name": "other_000003.jpg"}]
    path = write_text("a.json", coco(images, [box(7), box(8)], videos=[]))
    labels = read_coco_labels(path, MediaNames(find_media(tmp_path)), log)
    assert labels["seq"].position.tolist() == [1]  # its place among images 0, 1 and 2
    assert labels["other"].position.tolist() == [2]  # 1-based, as no file has number 0


def test_whole_tracks_of_youtube_vis(write_text, log) -> None:
    data = {
        "videos": [{"id": 1, "file_names": ["v/00000.jpg", "v/00005.jpg"], "width": 64, "height": 32}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [
            {"id": 4, "video_id": 1, "category_id": 1, "bboxes": [None, [1, 2, 3, 4]]},
            {"id": 5, "video_id": 1, "category_id": 9, "bboxes": [[1, 2, 3, 4], None]},
        ],
    }
    path = write_text("a.json", json.dumps(data))
    labels = read_coco_labels(path, MediaNames({}), log)["v"]
    assert labels.labelled.tolist() == [0, 1]
    assert (labels.position.tolist(), labels.track_id.tolist(), labels.size_wh) == ([1], [4], (64, 32))
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("a.json: annotations[1]", "category_id 9 is not in the file; left out")
    ]


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        ({"category_id": 1, "bbox": [1, 2, 3, 4]}, "has no image_id; left out"),
        (box(99), "image_id 99 is not in the file; left out"),
        (
            box(1, bbox=[1, 2, 3]),
            "bbox is [1, 2, 3], not [left, top, width, height], four finite numbers; left out",
        ),
        (box(1, category_id="1"), "category_id is '1', not a whole number; left out"),
        ("text", "is 'text', not an object; left out"),
    ],
)
def test_entries_that_can_not_be_used(write_text, log, annotation, problem) -> None:
    images = [{"id": 1, "video_id": 1, "frame_id": 0}]
    labels = read_coco_labels(write_text("a.json", coco(images, [box(1), annotation])), MediaNames({}), log)
    assert len(labels["a"]) == 1
    assert [(found.where, found.what) for found in log.problems()] == [("a.json: annotations[1]", problem)]


def test_images_of_nothing_and_files_of_nothing(write_text, log) -> None:
    labels = read_coco_labels(
        write_text("a.json", coco([{"id": 1, "file_name": "x.jpg"}])), MediaNames({}), log
    )
    assert labels == {}
    assert read_coco_labels(write_text("b.json", "{}"), MediaNames({}), log) == {}
    assert [(problem.where, problem.what.partition(":")[0]) for problem in log.problems()] == [
        ("a.json: images[0]", "nothing says which frame of which video x.jpg is; left out"),
        ("b.json", "not ground truth of COCO"),
    ]
