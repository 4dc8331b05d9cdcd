"""The clip model on a stream."""

from __future__ import annotations

import numpy as np
import torch

from mot_model.letterbox import Letterbox
from mot_model.structures import FrameBatch
from mot_platform.benchmarking.clip_action_network import CLIP_FRAMES, ClipActionNetwork
from mot_platform.benchmarking.clip_action_perceiver import MAX_DETECTIONS, ClipActionPerceiver

SIZE_WH = (64, 32)


def test_each_frame_sees_the_clip_that_ends_with_it() -> None:
    torch.manual_seed(0)
    network = ClipActionNetwork(3).eval()
    pixels = np.random.default_rng(0).integers(0, 256, (18, 32, 64, 3), np.uint8)
    perceiver, letterbox = ClipActionPerceiver(network, SIZE_WH), Letterbox((128, 64), SIZE_WH)
    state = perceiver.initial_state()
    clips = []
    for first in (0, 2):
        batch = slice(first, first + 2) if first == 0 else slice(first, 18)
        frames = FrameBatch(
            video="v",
            frame_index=np.arange(18)[batch],
            time_s=np.arange(18)[batch] / 10,
            pixels=pixels[batch],
        )
        state, found = perceiver.perceive(state, frames, letterbox)
        clips.append(state.buffers["frames"][0].numpy())
    beginning = np.concatenate([np.repeat(pixels[:1], CLIP_FRAMES - 1, axis=0), pixels[1:2]])
    np.testing.assert_array_equal(clips[0], beginning)
    np.testing.assert_array_equal(clips[1], pixels[2:])
    with torch.inference_mode():
        output = network(torch.from_numpy(pixels[None, 2:]))
    best = int(output.confidence_logit[0].argmax())
    last = found[-1]
    assert 1 <= len(last) <= MAX_DETECTIONS
    np.testing.assert_allclose(last.xyxy[0], output.xyxy[0, best].numpy() * 2, rtol=1e-5)
    score = float(output.confidence_logit[0, best].sigmoid())
    assert last.action_feature is not None
    np.testing.assert_allclose(
        last.action_feature[0], output.action_logit[0, best].sigmoid().numpy() * score, rtol=1e-5
    )
