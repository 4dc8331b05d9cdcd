"""Promise P1, streaming equals clip, and what `candidates` picks."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mot_model.heads import DetectionMap, HeadOutput
from mot_model.network import SIZES, JointNetwork, NetworkConfig, Size, candidates, cell_centres
from mot_model.temporal import CausalLayer


def network(size: Size = "pico") -> JointNetwork:
    torch.manual_seed(0)
    made = JointNetwork(
        NetworkConfig(size=size, input_wh=(96, 64), action_ids=(11, 12), action_names=("sit", "stand"))
    )
    for part in made.modules():
        if isinstance(part, nn.BatchNorm2d) and part.running_var is not None:
            nn.init.uniform_(part.running_var, 0.5, 2)
        if isinstance(part, CausalLayer):
            nn.init.normal_(part.taps)  # as after training: an untrained one knows only the present
    return made.eval()


@pytest.mark.parametrize(
    ("size", "frame_wh"),
    [("pico", (96, 64)), *((size, (64, 64)) for size in SIZES)],
    ids=["configured frames", *(f"{size}, other frames" for size in SIZES)],
)
@torch.inference_mode()
def test_streaming_equals_clip(size: Size, frame_wh: tuple[int, int]) -> None:
    model = network(size).for_inference()
    num_frames = model.receptive_field_frames + 2  # until the first frame is forgotten
    frames = torch.randint(0, 255, (2, num_frames, frame_wh[1], frame_wh[0], 3), dtype=torch.uint8)
    clip, _ = model.detect(frames, model.initial_state(2, input_wh=frame_wh), 10)
    state, steps = model.initial_state(2, input_wh=frame_wh), []
    for t in range(num_frames):
        found, state = model.step(frames[:, t], state, 10)
        steps.append(found)
    for name in clip._fields:
        streamed = torch.stack([getattr(step, name) for step in steps], 1).flatten(0, 1)
        torch.testing.assert_close(streamed.float(), getattr(clip, name).float(), atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_a_segment_with_warm_up_equals_the_whole() -> None:
    model = network().for_inference()
    reach = model.temporal.receptive_field_frames
    frames = torch.randint(0, 255, (1, 40, 64, 96, 3), dtype=torch.uint8)
    state, whole = model.initial_state(), []
    for t in range(40):
        found, state = model.step(frames[:, t], state, 10)
        whole.append(found)
    state = model.initial_state()
    for t in range(25 - (reach - 1), 40):
        found, state = model.step(frames[:, t], state, 10)
        if t >= 25:
            assert torch.equal(found.score, whole[t].score)
            assert torch.equal(found.embedding, whole[t].embedding)


@torch.inference_mode()
def test_folding_keeps_the_outputs() -> None:
    model = network()
    frames = torch.randint(0, 255, (1, 3, 64, 96, 3), dtype=torch.uint8)
    trained, _ = model(frames, model.initial_state())
    folded, _ = model.for_inference()(frames, model.initial_state())
    torch.testing.assert_close(
        folded.one_to_one.score_logit, trained.one_to_one.score_logit, atol=1e-3, rtol=1e-3
    )
    torch.testing.assert_close(folded.identity, trained.identity, atol=1e-3, rtol=1e-3)
    assert folded.one_to_many is None
    assert trained.one_to_many is not None


def test_candidates_are_the_best_boxes_that_repeat_no_better_one_and_have_their_features() -> None:
    score = torch.full((1, 1, 4, 5), -9.0)
    score[0, 0, 1, 1], score[0, 0, 1, 2], score[0, 0, 3, 4] = 3.0, 2.0, 1.0
    heads = network().heads
    maps = torch.randn(1, heads.identity.conv.out_channels, 4, 5)
    detection = DetectionMap(score, torch.full((1, 4, 4, 5), 2.0).log())
    found = candidates(heads, HeadOutput(detection, None, maps, maps, torch.zeros(1, 16)), 2)
    boxes = torch.tensor([[[-4, -4, 28, 28], [20, 12, 52, 44]]]).float()
    torch.testing.assert_close(found.xyxy, boxes)  # the neighbour shares 0.6 with a better box
    assert found.score[0, 0] == pytest.approx(0.9526, abs=1e-4)
    torch.testing.assert_close(found.embedding, heads.embedding(maps, boxes))


def test_cell_centres_run_row_by_row() -> None:
    assert cell_centres((2, 2)).tolist() == [[4, 4], [12, 4], [4, 12], [12, 12]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"size": "huge"}, "size must be one of", id="unknown size"),
        pytest.param({"input_wh": (100, 64)}, "multiples of 32", id="input side"),
        pytest.param({"action_ids": (1,)}, "action_ids has 1", id="names missing"),
        pytest.param({"temporal_dilations": (0,)}, "positive", id="dilation"),
        pytest.param({"class_names": ()}, "at least one class", id="no class"),
    ],
)
def test_impossible_configuration_is_named(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NetworkConfig(**fields)  # type: ignore[arg-type]
