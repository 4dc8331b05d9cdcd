"""One numbering of images for several files."""

from __future__ import annotations

import numpy as np

from mot_platform.formats.action_rows import ActionRows, rows_of_ava
from mot_platform.formats.ava import AvaRows
from mot_platform.metrics.actions.action_images import action_boxes, image_numbers


def _rows(images: list[tuple[str, float]], empty: tuple[tuple[str, float], ...] = ()) -> ActionRows:
    number = len(images)
    ava = AvaRows(
        video=[video for video, _ in images],
        time_s=np.array([time for _, time in images], np.float64),
        xyxy=np.zeros((number, 4)),
        action_id=np.ones(number, np.int64),
        person_id=np.full(number, -1),
        score=np.ones(number),
        empty_images=empty,
    )
    return rows_of_ava(ava)


def test_an_image_has_one_number_in_all_files() -> None:
    truth = _rows([("a", 1), ("b", 1), ("a", 1)], (("b", 2.0),))
    predicted = _rows([("b", 1), ("c", 1), ("b", 2)])
    (truth_image, truth_empty), (image, empty) = image_numbers([truth, predicted])
    assert truth_image[0] == truth_image[2] != truth_image[1]
    assert (image[0], image[2]) == (truth_image[1], truth_empty[0])
    assert image[1] not in [*truth_image, *truth_empty]
    assert len(empty) == 0
    assert action_boxes(truth, truth_image).image is truth_image
