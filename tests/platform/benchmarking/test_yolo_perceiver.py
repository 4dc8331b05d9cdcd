"""Boxes of a YOLO in our words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mot_model.letterbox import Letterbox
from mot_model.structures import FrameBatch
from mot_platform.benchmarking.yolo_perceiver import YoloPerceiver

pytest.importorskip("ultralytics")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the library


class Oracle(nn.Module):
    """Says what a YOLO would of two objects, one of them twice, whatever it is shown."""

    def fuse(self, verbose: bool) -> Oracle:
        return self

    def forward(self, image: Tensor) -> Tensor:
        assert image.shape == (1, 3, 96, 160)
        assert 0 <= image.min() <= image.max() <= 1
        boxes = [[40.0, 40.0, 20.0, 40.0], [41.0, 40.0, 20.0, 40.0], [100.0, 50.0, 20.0, 40.0]]
        rows = torch.tensor([[*box, score] for box, score in zip(boxes, (0.9, 0.8, 0.05), strict=True)])
        return rows.T[None]


def found(score_floor: float) -> np.ndarray:
    letterbox = Letterbox((320, 180), (160, 96))
    frames = FrameBatch(
        video="v",
        frame_index=np.array([7]),
        time_s=np.array([0.5]),
        pixels=np.full((1, 90, 160, 3), 200, np.uint8),
    )
    perceiver = YoloPerceiver(Oracle(), (160, 96), score_floor=score_floor)
    _, (detections,) = perceiver.perceive(perceiver.initial_state(), frames, letterbox)
    assert (detections.frame_index, detections.time_s) == (7, 0.5)
    return np.hstack([detections.xyxy, detections.score[:, None]])


def test_doubles_go_and_boxes_are_source_pixels() -> None:
    np.testing.assert_allclose(found(0.001), [[60, 40, 100, 120, 0.9], [180, 60, 220, 140, 0.05]], rtol=1e-5)
    assert len(found(0.1)) == 1
