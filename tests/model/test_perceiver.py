"""The network behind its protocol: grouping of frames changes no bit, actions come from track memory."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mot_model.letterbox import Letterbox
from mot_model.network import JointNetwork, NetworkConfig
from mot_model.perceiver import NetworkPerceiver, TrackIdentifier
from mot_model.structures import Detections, FrameBatch
from mot_model.track_memory import TrackActionHead
from mot_model.tracker import Tracker, TrackerConfig

LETTERBOX = Letterbox((200, 100), (96, 64))


def perceiver(*, stack_streams: bool = False) -> NetworkPerceiver:
    torch.manual_seed(0)
    network = JointNetwork(NetworkConfig(size="pico", input_wh=(96, 64)))
    with torch.no_grad():
        network.heads.one_to_one.score.weight.normal_(std=0.5)
        network.heads.one_to_one.score.bias.zero_()
    return NetworkPerceiver(network.for_inference(), max_detections=20, stack_streams=stack_streams)


def frames(num_frames: int) -> FrameBatch:
    width, height = LETTERBOX.content_wh
    pixels = np.random.default_rng(0).integers(0, 255, (num_frames, height, width, 3), np.uint8)
    return FrameBatch(
        video="a", frame_index=np.arange(num_frames), time_s=np.arange(num_frames) / 10, pixels=pixels
    )


def part(batch: FrameBatch, start: int, stop: int) -> FrameBatch:
    return FrameBatch(
        video=batch.video,
        frame_index=batch.frame_index[start:stop],
        time_s=batch.time_s[start:stop],
        pixels=batch.pixels[start:stop],
    )


@pytest.mark.parametrize("group", [1, 3, 12])
def test_grouping_frames_changes_no_bit(group: int) -> None:
    engine, batch = perceiver(), frames(12)
    _, expected = engine.perceive(engine.initial_state(), batch, LETTERBOX)
    state, found = engine.initial_state(), []
    for start in range(0, 12, group):
        state, some = engine.perceive(state, part(batch, start, start + group), LETTERBOX)
        found += some
    assert [d.frame_index for d in found] == list(range(12))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.xyxy, other.xyxy)
        np.testing.assert_array_equal(one.score, other.score)
        np.testing.assert_array_equal(one.embedding, other.embedding)


def test_streams_do_not_see_each_other_stacked_or_not() -> None:
    batch = frames(6)
    streams = [(batch, LETTERBOX), (part(batch, 3, 6), LETTERBOX), (batch, Letterbox((120, 60), (96, 64)))]
    for stack_streams, tolerance in ((False, 0.0), (True, 1e-4)):
        engine = perceiver(stack_streams=stack_streams)
        states = [engine.initial_state() for _ in streams]
        for index in range(3):
            now = [part(own, index, index + 1) for own, _ in streams]
            together = engine.perceive_streams(states, now, [box for _, box in streams])
            alone = [
                engine.perceive(state, one, box)
                for state, one, (_, box) in zip(states, now, streams, strict=True)
            ]
            states = [state for state, _ in together]
            for (_, detections), (_, (expected,)) in zip(together, alone, strict=True):
                assert detections.frame_index == expected.frame_index
                np.testing.assert_allclose(detections.xyxy, expected.xyxy, atol=tolerance * 100)
                np.testing.assert_allclose(detections.embedding, expected.embedding, atol=tolerance)


def test_detections_are_in_source_pixels_best_first_above_the_floor() -> None:
    engine = perceiver()
    _, (found,) = engine.perceive(engine.initial_state(), frames(1), LETTERBOX)
    assert len(found) > 3
    assert (np.diff(found.score) <= 0).all()
    assert found.score.min() >= 0.05
    assert found.xyxy[:, 2].max() > 96, "source pixels, not input pixels"


def test_a_state_is_not_changed_by_its_use() -> None:
    engine, batch = perceiver(), frames(2)
    state = engine.initial_state()
    _, first = engine.perceive(state, batch, LETTERBOX)
    _, second = engine.perceive(state, batch, LETTERBOX)
    np.testing.assert_array_equal(first[1].score, second[1].score)


def test_actions_are_read_from_the_memory_of_each_reported_track() -> None:
    torch.manual_seed(0)
    head = TrackActionHead(action_dim=4, num_actions=3, memory_frames=5).eval()
    identifier = TrackIdentifier(Tracker(TrackerConfig(memory_frames=5)), head, 3)
    features = np.random.default_rng(0).normal(size=(8, 1, 4)).astype(np.float32)
    forgetful = identifier.without_memory()
    state = identifier.initial_state()
    for t in range(8):
        found = Detections(
            frame_index=t,
            time_s=t / 10,
            xyxy=np.array([[10, 10, 50, 90]], np.float32),
            score=np.array([0.95], np.float32),
            class_id=np.zeros(1, np.int64),
            action_feature=features[t],
        )
        _, alone = forgetful.step(state, found)
        state, tracks = identifier.step(state, found)
    memory = torch.from_numpy(features[3:, 0][None])
    expected = torch.sigmoid(head(memory, torch.ones(1, 5, dtype=torch.bool)))
    np.testing.assert_allclose(tracks.action_score, expected.detach().numpy(), atol=1e-6)
    present = torch.sigmoid(head(memory, torch.tensor([[False] * 4 + [True]])))
    np.testing.assert_allclose(alone.action_score, present.detach().numpy(), atol=1e-6)
    np.testing.assert_array_equal(alone.track_id, tracks.track_id)


def test_without_actions_there_are_no_columns() -> None:
    identifier = TrackIdentifier(Tracker(), None, 3)
    empty = Detections(
        frame_index=0,
        time_s=0.0,
        xyxy=np.zeros((0, 4), np.float32),
        score=np.zeros(0, np.float32),
        class_id=np.zeros(0, np.int64),
    )
    _, tracks = identifier.step(identifier.initial_state(), empty)
    assert tracks.action_score.shape == (0, 0)
