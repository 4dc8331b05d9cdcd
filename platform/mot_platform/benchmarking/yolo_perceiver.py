"""A trained YOLO as the perception half of our engine: the same frames in, the same kind of boxes out."""

# N detections

from __future__ import annotations

import copy
from collections.abc import Sequence
from importlib import import_module

import numpy as np
import torch
from torch import Tensor, nn

from mot_model.engine import perceive_one_by_one
from mot_model.letterbox import Letterbox
from mot_model.structures import Detections, FrameBatch
from mot_model.temporal_state import TemporalState

MAX_OVERLAP = 0.7
"""Boxes that overlap a better one by more are suppressed: the library's default, as is the next."""
MAX_DETECTIONS = 300
SCORE_FLOOR = 0.001
"""The library's floor where detection is scored."""
TRACKED_SCORE_FLOOR = 0.1
"""The library's floor where detections are tracked."""


class YoloPerceiver:
    """Runs a YOLO frame by frame; it has no memory.

    Args:
        network: Trained, in training form; not changed.
        input_wh: Size of the input.
        score_floor: Detections below are dropped.
    """

    receptive_field_frames = 1

    def __init__(
        self, network: nn.Module, input_wh: tuple[int, int], *, score_floor: float = SCORE_FLOOR
    ) -> None:
        self.input_wh = input_wh
        fused = copy.deepcopy(network).eval().fuse(verbose=False)  # type: ignore[operator]  # a method of theirs
        # As the library runs it on an x86 processor.
        self._network = fused.to(memory_format=torch.channels_last).requires_grad_(False)
        self._suppress = import_module("ultralytics.utils.nms").non_max_suppression
        self._score_floor = score_floor

    def initial_state(self) -> TemporalState:
        """Return nothing to remember."""
        return TemporalState({})

    def perceive(
        self, state: TemporalState, frames: FrameBatch, letterbox: Letterbox
    ) -> tuple[TemporalState, list[Detections]]:
        """Return the detections of each frame, in source pixels."""
        found = []
        for index, time_s, pixels in zip(
            frames.frame_index, frames.time_s, letterbox.pad(frames.pixels), strict=True
        ):
            best = self._detect(torch.from_numpy(pixels)).numpy()
            found.append(
                Detections(
                    frame_index=int(index),
                    time_s=float(time_s),
                    xyxy=letterbox.to_source(best[:, :4]),
                    score=np.ascontiguousarray(best[:, 4]),
                    class_id=best[:, 5].astype(np.int64),
                )
            )
        return state, found

    def perceive_streams(
        self, states: Sequence[TemporalState], frames: Sequence[FrameBatch], letterboxes: Sequence[Letterbox]
    ) -> list[tuple[TemporalState, Detections]]:
        """Return the detections of one frame of each of several streams."""
        return perceive_one_by_one(self, states, frames, letterboxes)

    @torch.inference_mode()
    def _detect(self, pixels_HW3: Tensor) -> Tensor:
        """Return rows `(N, 6)` of box, score and class, input pixels."""
        image = pixels_HW3[None].permute(0, 3, 1, 2).float() / 255  # channels last in memory
        output = self._network(image)
        best: Tensor = self._suppress(
            output, self._score_floor, MAX_OVERLAP, max_det=MAX_DETECTIONS, max_time_img=60.0
        )[0]
        return best.float()
