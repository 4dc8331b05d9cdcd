from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from mot_model.engine import StreamFrame
from mot_model.letterbox import Letterbox
from mot_model.structures import FrameBatch
from mot_platform.serving.snapshot import Snapshot, SnapshotError, from_bytes, to_bytes


def frame(index: int) -> FrameBatch:
    pixels = np.random.default_rng(index).integers(0, 255, (1, 96, 160, 3), np.uint8)
    return FrameBatch(video="v", frame_index=np.array([index]), time_s=np.array([index / 10]), pixels=pixels)


def stepped(engine, snapshot: Snapshot, index: int):
    states = StreamFrame(
        temporal=snapshot.temporal,
        tracker=snapshot.tracker,
        batch=frame(index),
        letterbox=Letterbox((160, 96), engine.perceiver.input_wh),
    )
    ((temporal, tracker, tracks),) = engine.step([states])
    return dataclasses.replace(snapshot, temporal=temporal, tracker=tracker, next_seq=index + 1), tracks


def fresh(engine) -> Snapshot:
    return Snapshot(
        model_digest="d",
        next_seq=0,
        num_frames=0,
        source_wh=(160, 96),
        started_at=1.5,
        temporal=engine.perceiver.initial_state(),
        tracker=engine.identifier.initial_state(),
        answers={3: {"tracks": [], "frame_index": 3}},
    )


@pytest.mark.parametrize("num_before", [0, 1, 6])
def test_a_session_goes_on_from_bytes_exactly_as_it_would_have(loaded_engine, num_before) -> None:
    engine, _ = loaded_engine
    original = fresh(engine)
    for index in range(num_before):
        original, _ = stepped(engine, original, index)
    restored = from_bytes(to_bytes(original))
    assert (restored.next_seq, restored.source_wh, restored.started_at) == (num_before, (160, 96), 1.5)
    assert restored.answers == original.answers
    for index in range(num_before, num_before + 3):
        original, expected = stepped(engine, original, index)
        restored, tracks = stepped(engine, restored, index)
        np.testing.assert_array_equal(tracks.xyxy, expected.xyxy)
        np.testing.assert_array_equal(tracks.track_id, expected.track_id)
        np.testing.assert_array_equal(tracks.action_score, expected.action_score)
    for name, tensor in original.temporal.buffers.items():
        assert torch.equal(tensor, restored.temporal.buffers[name])


def test_what_is_no_snapshot_is_refused(loaded_engine, untrained_weights) -> None:
    good = to_bytes(fresh(loaded_engine[0]))
    for data in (b"", b"\x80\x04garbage", good[:-5], untrained_weights.read_bytes()):
        with pytest.raises(SnapshotError):
            from_bytes(data)
