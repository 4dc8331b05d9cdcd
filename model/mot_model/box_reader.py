"""Reads what a map says inside a box, laid out as people are: head on top, feet below, arms beside."""

# B frames, N boxes, C channels, H W map cells, P points of the grid

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GRID_HW = (5, 3)
"""Samples over the height and width of a box: about one for each part of a standing person."""


class BoxReader(nn.Module):
    """One vector for each box: a grid of bilinear samples of the map, side by side, then a linear layer.

    The same pose gives the same samples at any size, and the parts of a body keep their places.

    Source: RoIAlign (He et al., 2017) with one sample in each bin; parts in fixed places as in part-based
    re-identification (PCB, Sun et al., 2018).

    Args:
        in_channels: Channels C of the map.
        out_dim: Length of a vector.
        stride: Input pixels per cell of the map.
    """

    def __init__(self, in_channels: int, out_dim: int, *, stride: int) -> None:
        super().__init__()
        self._stride = stride
        self.mix = nn.Linear(in_channels * GRID_HW[0] * GRID_HW[1], out_dim)

    def forward(self, map_BCHW: Tensor, xyxy_BN4: Tensor) -> Tensor:
        """Return `(B, N, out_dim)`.

        Args:
            map_BCHW: The map of each frame; beyond its edges it goes on as at the edge.
            xyxy_BN4: Boxes in input pixels; they may leave the image.
        """
        size = xyxy_BN4.new_tensor([map_BCHW.shape[3], map_BCHW.shape[2]]) * self._stride
        grid = points_in(xyxy_BN4) / size * 2 - 1  # the units of grid_sample: -1 and 1 are the edges
        sampled = F.grid_sample(map_BCHW, grid, padding_mode="border", align_corners=False)  # (B, C, N, P)
        result: Tensor = self.mix(sampled.permute(0, 2, 3, 1).flatten(2))
        return result


def points_in(xyxy_BN4: Tensor) -> Tensor:
    """Return the x, y of the grid's points in each box, row by row, `(B, N, P, 2)`."""
    rows, columns = GRID_HW
    down = (torch.arange(rows, device=xyxy_BN4.device, dtype=xyxy_BN4.dtype) + 0.5) / rows
    across = (torch.arange(columns, device=xyxy_BN4.device, dtype=xyxy_BN4.dtype) + 0.5) / columns
    share = torch.stack([across.repeat(rows), down.repeat_interleave(columns)], -1)  # (P, 2)
    corner, size = xyxy_BN4[..., None, :2], (xyxy_BN4[..., 2:] - xyxy_BN4[..., :2])[..., None, :]
    return corner + share * size
