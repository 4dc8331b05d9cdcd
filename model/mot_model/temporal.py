"""The causal temporal encoder: each frame's features meet those of the frames before it, never after.

Every layer looks back a fixed number of frames and keeps exactly those in a ring buffer, so the receptive
field is finite and one new frame costs one frame of compute. A clip and a stream run the same code: a clip
is a call with many frames, a step a call with one.
"""

# B streams, T frames, C channels, H W map cells, K frames kept

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mot_model.convolutions import ConvNorm
from mot_model.temporal_state import TemporalState

TAPS = 3
"""Frames that one layer combines: now, `dilation` ago and twice that."""


class CausalLayer(nn.Module):
    """A depthwise causal convolution over time, then a pointwise one over channels, added to the input.

    Source: the (2+1)D causal convolution with stream buffer of MoViNet (Kondratyuk et al., 2021); the
    spatial half is left to the blocks around it.
    """

    def __init__(self, channels: int, *, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        # It begins with the present alone and learns how much of the past to add, so that frames which a
        # training clip was too short to reach do no harm later.
        self.taps = nn.Parameter(torch.zeros(TAPS, channels))
        nn.init.ones_(self.taps[-1])
        self.mix = ConvNorm(channels, channels, 1)

    def forward(self, x_BTCHW: Tensor, buffer_BKCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mixed frames `(B, T, C, H, W)` and the buffer after them."""
        num_streams, num_frames = x_BTCHW.shape[:2]
        buffer_BKCHW = buffer_BKCHW.to(x_BTCHW.dtype)  # in mixed precision the state begins wider
        taps = self.taps[:, None, None, :, None, None].to(x_BTCHW.dtype)
        blended = delayed(x_BTCHW, buffer_BKCHW, 2 * self.dilation) * taps[0]
        blended = blended + delayed(x_BTCHW, buffer_BKCHW, self.dilation) * taps[1] + x_BTCHW * taps[2]
        mixed = self.mix(blended.flatten(0, 1)).unflatten(0, (num_streams, num_frames))
        return x_BTCHW + mixed, torch.cat([buffer_BKCHW, x_BTCHW], dim=1)[:, num_frames:]


def delayed(x_BTCHW: Tensor, buffer_BKCHW: Tensor, num_frames: int) -> Tensor:
    """Return the frames `num_frames` before those of a clip, from the buffer and the clip itself.

    Not a slice of both put together: the gradient of that would fill the whole of it with zeros.
    """
    oldest = buffer_BKCHW.shape[1] - num_frames
    before = buffer_BKCHW[:, oldest : oldest + x_BTCHW.shape[1]]
    inside = x_BTCHW.shape[1] - num_frames
    return before if inside <= 0 else torch.cat([before, x_BTCHW[:, :inside]], dim=1)


class TemporalEncoder(nn.Module):
    """A stack of causal layers with growing dilation.

    Args:
        channels: Channels of the map.
        dilations: Frames between the taps of each layer; empty turns the encoder off.
    """

    def __init__(self, *, channels: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.channels = channels
        self.dilations = tuple(dilations)
        self.layers = nn.ModuleList(CausalLayer(channels, dilation=dilation) for dilation in dilations)

    @property
    def receptive_field_frames(self) -> int:
        """Frames that an output depends on, its own included."""
        return 1 + sum((TAPS - 1) * dilation for dilation in self.dilations)

    def initial_state(self, num_streams: int, map_hw: tuple[int, int], like: Tensor) -> TemporalState:
        """Return the all-zero buffers before the first frame, on the device and dtype of `like`."""
        buffers = {
            f"temporal_{i}": like.new_zeros(num_streams, (TAPS - 1) * dilation, self.channels, *map_hw)
            for i, dilation in enumerate(self.dilations)
        }
        return TemporalState(buffers)

    def forward(self, x_BTCHW: Tensor, state: TemporalState) -> tuple[Tensor, TemporalState]:
        """Return the encoded frames and the state after them."""
        buffers = {}
        for i, layer in enumerate(self.layers):
            name = f"temporal_{i}"
            x_BTCHW, buffers[name] = layer(x_BTCHW, state.buffers[name])
        return x_BTCHW, TemporalState(buffers)
