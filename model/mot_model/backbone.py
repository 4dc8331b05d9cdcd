"""The image encoder: one frame in, feature maps of strides 8, 16 and 32 fused into one map out.

Frames are independent of each other here; time enters in `temporal.py`.
"""

# B frames, C channels, H W pixels

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from mot_model.convolutions import ContextBlock, ConvNorm, RepBlock


def stage(in_channels: int, out_channels: int, depth: int) -> nn.Sequential:
    """Return a stride-2 convolution followed by `depth` re-parameterisable blocks."""
    blocks = [RepBlock(out_channels) for _ in range(depth)]
    return nn.Sequential(ConvNorm(in_channels, out_channels, stride=2), *blocks)


class Backbone(nn.Module):
    """A plain convolutional pyramid.

    Args:
        widths: Channels at strides 2, 4, 8, 16 and 32.
        depths: Blocks after the downsampling at strides 4, 8, 16 and 32.
    """

    def __init__(self, *, widths: Sequence[int], depths: Sequence[int]) -> None:
        super().__init__()
        if len(widths) != 5 or len(depths) != 4:
            raise ValueError(f"the backbone needs 5 widths and 4 depths, got {widths} and {depths}")
        self.stem = ConvNorm(3, widths[0], stride=2)
        self.stages = nn.ModuleList(
            stage(before, after, depth)
            for before, after, depth in zip(widths, widths[1:], depths, strict=False)
        )

    def forward(self, x_B3HW: Tensor) -> list[Tensor]:
        """Return the maps of strides 8, 16 and 32 for normalised frames."""
        x = self.stem(x_B3HW)
        maps = []
        for block in self.stages:
            x = block(x)
            maps.append(x)
        return maps[1:]


class TopDownFusion(nn.Module):
    """Adds coarse maps onto finer ones, so that one stride-8 map knows objects of every size.

    Source: feature pyramid networks (Lin et al., 2017), with the single output map of FairMOT
    (Zhang et al., 2021): one object is then read at one place, whatever its size.
    """

    def __init__(self, *, in_channels: Sequence[int], channels: int) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(ConvNorm(width, channels, 1, relu=False) for width in in_channels)
        self.smooths = nn.ModuleList(RepBlock(channels) for _ in in_channels[1:])
        self.context = ContextBlock(channels)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Return the fused map `(B, channels, H, W)` at the stride of `maps[0]`."""
        fused: Tensor = self.laterals[-1](maps[-1])
        finer = list(zip(self.laterals, self.smooths, maps, strict=False))
        for lateral, smooth, finer_map in reversed(finer):
            fused = smooth(
                F.relu(lateral(finer_map) + F.interpolate(fused, scale_factor=2.0, mode="nearest"))
            )
        result: Tensor = self.context(fused)
        return result
