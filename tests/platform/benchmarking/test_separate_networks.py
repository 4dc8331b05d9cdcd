"""Three networks as one: boxes of the first, what the others read in them."""

from __future__ import annotations

import numpy as np
import torch

from mot_model.letterbox import Letterbox
from mot_model.network import JointNetwork, NetworkConfig
from mot_model.structures import FrameBatch
from mot_platform.benchmarking.separate_networks import SeparateNetworks, separate_engine

SIZE_WH = (96, 64)


def network(seed: int) -> JointNetwork:
    """Return an untrained network that is sure of some cells."""
    torch.manual_seed(seed)
    made = JointNetwork(
        NetworkConfig(
            size="pico",
            input_wh=SIZE_WH,
            temporal_dilations=(1,),
            action_ids=(11, 12),
            action_names=("sit", "stand"),
        )
    ).eval()
    torch.nn.init.normal_(made.temporal.layers[0].taps)  # as after training: it begins with the present alone
    torch.nn.init.normal_(made.heads.one_to_one.score.weight, std=0.5)
    torch.nn.init.constant_(made.heads.one_to_one.score.bias, 1.0)
    return made


def pixels(num_frames: int) -> torch.Tensor:
    torch.manual_seed(9)
    return torch.randint(0, 255, (1, num_frames, SIZE_WH[1], SIZE_WH[0], 3), dtype=torch.uint8)


@torch.inference_mode()
def test_each_network_gives_its_own_part_over_the_frames_of_a_stream() -> None:
    detection, identity, action = network(1), network(2), network(3)
    separate = SeparateNetworks(detection=detection, identity=identity, action=action)
    frames = pixels(4)
    state = separate.initial_state()
    for t in range(4):
        found, state = separate.step(frames[:, t], state, 5)
    own, who, what = (one.for_inference() for one in (detection, identity, action))
    boxes, _ = own.detect(frames, own.initial_state(), 5)
    torch.testing.assert_close(found.xyxy[0], boxes.xyxy[-1], atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(found.score[0], boxes.score[-1])
    seen, done = who(frames, who.initial_state())[0], what(frames, what.initial_state())[0]
    embedding = who.heads.embedding(seen.identity[-1:], found.xyxy)
    feature = what.heads.action_feature(done.action[-1:], done.scene[-1:], found.xyxy)
    torch.testing.assert_close(found.embedding, embedding, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.action_feature, feature, atol=1e-4, rtol=1e-4)


def test_no_network_holds_what_only_others_need() -> None:
    joint = network(1)
    separate = SeparateNetworks(detection=joint, identity=joint, action=joint)
    own = {name for name, _ in separate.named_parameters()}
    assert not {name for name in own if name.startswith(("identity.temporal", "identity.heads.one_to_one"))}
    assert not {
        name for name in own if name.startswith(("detection.heads.action", "action.heads.one_to_one"))
    }
    assert any(name.startswith("action.track_action") for name in own)
    assert joint.heads.one_to_many is not None, "what was handed in stays whole"


def test_the_engine_tracks_and_reads_actions_from_memory() -> None:
    engine = separate_engine(detection=network(1), identity=network(2), action=network(3))
    assert engine.perceiver.receptive_field_frames == 3
    batch = FrameBatch(
        video="a",
        frame_index=np.arange(3),
        time_s=np.arange(3) / 10,
        pixels=pixels(1)[0].numpy().repeat(3, 0),
    )
    tracks = [tracks for _, tracks in engine.run([batch], Letterbox(SIZE_WH, SIZE_WH))]
    assert len(tracks[-1])
    assert tracks[-1].action_score.shape == (len(tracks[-1]), 2)
    assert (tracks[-1].action_score > 0).all()
