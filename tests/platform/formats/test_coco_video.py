"""Behaviour of the reader of COCO json of videos."""

from __future__ import annotations

import json

import pytest

from mot_platform.errors import InputError
from mot_platform.formats.coco_video import read_coco_videos


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({"video_id": 1, "frame_id": 4, "file_name": "x/4.jpg"}, ("clip", 4, (64, 32))),
        ({"video_id": 1, "frame_index": 4}, ("clip", 4, (64, 32))),
        ({"video": "tao/clip", "frame_index": 4, "width": 8, "height": 6}, ("tao/clip", 4, (8, 6))),
        ({"file_name": "folder/000004.jpg"}, ("folder", None, None)),
        ({"file_name": "clip_000004.jpg"}, ("", None, None)),
    ],
)
def test_an_image_tells_its_video_and_frame_in_several_ways(tmp_path, image, expected) -> None:
    videos = [{"id": 1, "name": "clip", "width": 64, "height": 32}]
    data = {"videos": videos, "categories": [], "annotations": [], "images": [{"id": 5} | image]}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(data))
    (found,) = read_coco_videos(path).images
    assert (found.video, found.number, found.size_wh) == expected


@pytest.mark.parametrize("text", ["{}", "[]", '{"images": []}', "no json"])
def test_what_is_no_ground_truth(tmp_path, text) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"not ground truth of COCO|not a readable json"):
        read_coco_videos(path)


def test_wrong_lists_are_told(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"images": [{"id": "x"}, 3], "annotations": {"a": 1}, "categories": [{"id": 1}]}')
    coco = read_coco_videos(path)
    assert coco.problems == (
        ("categories[0]", "has no name; left out"),
        ("images[0]", "id is 'x', not a whole number; left out"),
        ("images[1]", "is 3, not an object; left out"),
        ("annotations[0]", "is 'a', not an object; left out"),
    )
