"""The best-scored rows of an image, against the official way to keep them."""

from __future__ import annotations

import heapq

import numpy as np

from mot_platform.metrics.actions.action_map import ActionBoxes
from mot_platform.metrics.actions.best_in_image import best_in_image


def _boxes(image: np.ndarray, score: np.ndarray, action: np.ndarray) -> ActionBoxes:
    xyxy = np.arange(len(image) * 4, dtype=np.float64).reshape(-1, 4)
    return ActionBoxes(image=image, xyxy=xyxy, action_id=action, score=score)


def test_many_equal_scores_are_kept_as_by_the_official_heap() -> None:
    random = np.random.default_rng(0)
    for _ in range(30):
        boxes = _boxes(
            random.integers(0, 4, 60), random.integers(1, 5, 60).astype(np.float64), random.integers(1, 4, 60)
        )
        heaps: dict[int, list[tuple[float, ...]]] = {}
        for row in range(60):
            heap = heaps.setdefault(int(boxes.image[row]), [])
            x1, y1, x2, y2 = boxes.xyxy[row]
            entry = (boxes.score[row], boxes.action_id[row], y1, x1, y2, x2, row)
            if len(heap) < 7:
                heapq.heappush(heap, entry)
            elif entry[0] > heap[0][0]:
                heapq.heapreplace(heap, entry)
        wanted = sorted(int(entry[-1]) for heap in heaps.values() for entry in heap)
        assert np.flatnonzero(best_in_image(boxes, 7)).tolist() == wanted


def test_few_rows_all_stay() -> None:
    one = _boxes(np.array([3, 1, 3]), np.array([0.1, 0.2, 0.3]), np.ones(3, np.int64))
    assert best_in_image(one, 2).all()
    assert len(best_in_image(one[np.zeros(3, bool)], 2)) == 0
