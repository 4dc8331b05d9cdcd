"""The temporal encoder is causal, finite and the same for clips and streams."""

from __future__ import annotations

import torch

from mot_model.temporal import TemporalEncoder

DILATIONS = (1, 2)


def encoder() -> TemporalEncoder:
    torch.manual_seed(0)
    made = TemporalEncoder(channels=6, dilations=DILATIONS).eval()
    for layer in made.layers:
        torch.nn.init.normal_(layer.taps)  # as after training: an untrained one knows only the present
    return made


@torch.no_grad()
def test_stream_equals_clip() -> None:
    layer, x = encoder(), torch.randn(2, 11, 6, 3, 4)
    clip, last = layer(x, layer.initial_state(2, (3, 4), x))
    state, steps = layer.initial_state(2, (3, 4), x), []
    for t in range(11):
        out, state = layer(x[:, t : t + 1], state)
        steps.append(out)
    torch.testing.assert_close(torch.cat(steps, 1), clip, atol=1e-5, rtol=0)
    for name, buffer in last.buffers.items():
        torch.testing.assert_close(state.buffers[name], buffer, atol=1e-5, rtol=0)


def test_output_depends_on_exactly_the_receptive_field() -> None:
    layer = encoder()
    reach = layer.receptive_field_frames
    x = torch.randn(1, 20, 6, 3, 4, requires_grad=True)
    layer(x, layer.initial_state(1, (3, 4), x))[0][0, 15].sum().backward()
    assert x.grad is not None
    touched = (x.grad[0].abs().sum((1, 2, 3)) > 0).nonzero().flatten().tolist()
    assert touched[0] == 15 - reach + 1
    assert touched[-1] == 15


@torch.no_grad()
def test_state_keeps_its_size() -> None:
    layer, x = encoder(), torch.randn(1, 50, 6, 3, 4)
    state = layer.initial_state(1, (3, 4), x)
    before = {name: tuple(buffer.shape) for name, buffer in state.buffers.items()}
    _, state = layer(x, state)
    assert {name: tuple(buffer.shape) for name, buffer in state.buffers.items()} == before


@torch.no_grad()
def test_no_layers_pass_frames_through() -> None:
    layer, x = TemporalEncoder(channels=6, dilations=()), torch.randn(1, 2, 6, 3, 4)
    out, state = layer(x, layer.initial_state(1, (3, 4), x))
    assert torch.equal(out, x)
    assert layer.receptive_field_frames == 1
    assert not state.buffers
