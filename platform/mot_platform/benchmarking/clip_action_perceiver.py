"""A trained clip model as the perception half of our engine: every frame costs the last 16 frames anew."""

# N detections, A actions

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from mot_model.boxes import xyxy_to_xywh
from mot_model.engine import perceive_one_by_one
from mot_model.letterbox import Letterbox
from mot_model.structures import Detections, FrameBatch
from mot_model.temporal_state import TemporalState
from mot_platform.benchmarking.clip_action_network import CLIP_FRAMES, ClipActionNetwork

SCORE_FLOOR = 0.005
MAX_OVERLAP = 0.5
MAX_DETECTIONS = 40
"""This and the two above are what YOWOv2 is evaluated with."""


class ClipActionPerceiver:
    """Runs a clip model frame by frame; its state is the frames of the clip.

    Its detections carry the score of each action, times their own, as `action_feature`.

    Args:
        network: Trained.
        input_wh: Size of the input.
    """

    receptive_field_frames = CLIP_FRAMES

    def __init__(self, network: ClipActionNetwork, input_wh: tuple[int, int]) -> None:
        self.input_wh = input_wh
        self._network = network.eval().requires_grad_(False)

    def initial_state(self) -> TemporalState:
        """Return an empty clip."""
        width, height = self.input_wh
        frames = torch.zeros(1, CLIP_FRAMES, height, width, 3, dtype=torch.uint8)
        return TemporalState({"frames": frames, "has_begun": torch.zeros(1, dtype=torch.bool)})

    def perceive(
        self, state: TemporalState, frames: FrameBatch, letterbox: Letterbox
    ) -> tuple[TemporalState, list[Detections]]:
        """Return the state after `frames` and the detections of each, in source pixels."""
        found = []
        for index, time_s, pixels in zip(
            frames.frame_index, frames.time_s, letterbox.pad(frames.pixels), strict=True
        ):
            state = _with_frame(state, torch.from_numpy(pixels))
            found.append(self._detect(state.buffers["frames"], int(index), float(time_s), letterbox))
        return state, found

    def perceive_streams(
        self, states: Sequence[TemporalState], frames: Sequence[FrameBatch], letterboxes: Sequence[Letterbox]
    ) -> list[tuple[TemporalState, Detections]]:
        """Return the next state and the detections of one frame of each of several streams."""
        return perceive_one_by_one(self, states, frames, letterboxes)

    @torch.inference_mode()
    def _detect(
        self, clip_1THW3: Tensor, frame_index: int, time_s: float, letterbox: Letterbox
    ) -> Detections:
        output = self._network(clip_1THW3)
        score_N = output.confidence_logit[0].sigmoid()
        xyxy_N4 = output.xyxy[0].numpy()
        kept = np.asarray(
            cv2.dnn.NMSBoxes(xyxy_to_xywh(xyxy_N4).tolist(), score_N.tolist(), SCORE_FLOOR, MAX_OVERLAP),
            np.int64,
        )[:MAX_DETECTIONS]
        action_NA = output.action_logit[0].sigmoid() * score_N[:, None]
        return Detections(
            frame_index=frame_index,
            time_s=time_s,
            xyxy=letterbox.to_source(xyxy_N4[kept]),
            score=score_N.numpy()[kept],
            class_id=np.zeros(len(kept), np.int64),
            action_feature=action_NA.numpy()[kept],
        )


def _with_frame(state: TemporalState, pixels_HW3: Tensor) -> TemporalState:
    """Return the state with the clip moved on by one frame; the first one fills all of it."""
    before = state.buffers["frames"]
    newest = pixels_HW3[None, None]
    if state.buffers["has_begun"].all():
        frames = torch.cat([before[:, 1:], newest], 1)
    else:
        frames = newest.expand_as(before).clone()
    return TemporalState({"frames": frames, "has_begun": torch.ones(1, dtype=torch.bool)})
