"""The shape of the clip model."""

from __future__ import annotations

import torch

from mot_platform.benchmarking.clip_action_network import CLIP_FRAMES, ClipActionNetwork


def clip(seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (1, CLIP_FRAMES, 64, 96, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def test_it_is_as_small_as_what_it_stands_for() -> None:
    num_parameters = sum(value.numel() for value in ClipActionNetwork(80).parameters())
    assert 2e6 < num_parameters < 3.5e6


@torch.inference_mode()
def test_every_scale_says_who_and_what_of_the_last_frame() -> None:
    network = ClipActionNetwork(5).eval()
    output = network(clip(0))
    num_cells = 8 * 12 + 4 * 6 + 2 * 3
    assert output.confidence_logit.shape == (1, num_cells)
    assert output.action_logit.shape == (1, num_cells, 5)
    assert output.xyxy.shape == (1, num_cells, 4)
    assert output.stride.unique().tolist() == [8, 16, 32]
    assert output.centre[0].tolist() == [4, 4]
    assert output.centre[-1].tolist() == [80, 48]


@torch.inference_mode()
def test_the_past_counts_and_the_key_frame_is_the_last() -> None:
    torch.manual_seed(0)
    network = ClipActionNetwork(5).eval()
    frames, past = clip(0), clip(0)
    past[:, 0] = 255
    assert (network(frames).action_logit - network(past).action_logit).abs().max() > 0
    key, same_key = network.key_frame(torch.rand(1, 3, 64, 96)), network(frames)
    assert len(key) == 3
    assert torch.isfinite(same_key.xyxy).all()
