"""One engine holds the states of a stream, and nothing between streams."""

from __future__ import annotations

import numpy as np
import torch

from mot_model.engine import Engine
from mot_model.letterbox import Letterbox
from mot_model.network import JointNetwork, NetworkConfig
from mot_model.perceiver import NetworkPerceiver, TrackIdentifier
from mot_model.structures import FrameBatch, Tracks
from mot_model.tracker import Tracker

LETTERBOX = Letterbox((96, 64), (96, 64))


def untrained_engine() -> Engine:
    torch.manual_seed(0)
    network = JointNetwork(NetworkConfig(size="pico", input_wh=(96, 64)))
    with torch.no_grad():
        network.heads.one_to_one.score.weight.normal_(std=0.5)
        network.heads.one_to_one.score.bias.fill_(1.0)
    return Engine(
        perceiver=NetworkPerceiver(network.for_inference(), max_detections=10),
        identifier=TrackIdentifier(Tracker(), None, 0),
        class_names=("person",),
        action_ids=(),
        action_names=(),
    )


def still_video(num_frames: int) -> list[FrameBatch]:
    pixels = np.random.default_rng(0).integers(0, 255, (1, 64, 96, 3), np.uint8)
    return [
        FrameBatch(video="a", frame_index=np.array([t]), time_s=np.array([t / 10]), pixels=pixels)
        for t in range(num_frames)
    ]


def test_a_frame_in_gives_a_frame_of_tracks_out() -> None:
    per_frame = list(untrained_engine().run(still_video(6), LETTERBOX))
    assert [detections.frame_index for detections, _ in per_frame] == list(range(6))
    rows = Tracks.concatenate([tracks for _, tracks in per_frame])
    assert set(rows.frame_index.tolist()) == set(range(6))
    assert rows.track_id.min() == 1


def test_a_second_stream_begins_with_id_one_again() -> None:
    engine = untrained_engine()
    first, second = (
        Tracks.concatenate([tracks for _, tracks in engine.run(still_video(5), LETTERBOX)]) for _ in range(2)
    )
    np.testing.assert_array_equal(first.track_id, second.track_id)
    np.testing.assert_array_equal(first.xyxy, second.xyxy)
