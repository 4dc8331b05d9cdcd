"""A small clip model for who does what, in the manner of YOWOv2-Nano: the peer for actions.

Its key frame is the last of the clip. A 2-D network reads the key frame, a 3-D network the whole clip, whose
features are pooled over time and joined to those of the key frame on every scale. A frame costs a whole clip:
nothing is carried over from one frame to the next.

Source: Yang et al., "YOWOv2" (2023); Ma et al., "ShuffleNet V2" (2018); Fu et al., "Dual attention" (2019).
Written anew from the papers. The pyramid of the 2-D half is a plain top-down one; nothing is pretrained.
"""

# B clips, T frames, C channels, H W pixels or cells, N cells of all scales, A actions

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mot_model.network import PIXEL_MEAN, PIXEL_SCALE

CLIP_FRAMES = 16
STRIDES = (8, 16, 32)
WIDTHS = (24, 116, 232, 464)
"""Of the stem and the three stages of ShuffleNet V2 1.0x."""
DEPTHS = (4, 8, 4)
HEAD_CHANNELS = 64
PRIOR_SCORE = 0.01
PRIOR_SIDE_CELLS = 3.0
"""Width and height that every box starts with; without pretraining, boxes of one cell overlap nothing."""


@dataclass(frozen=True, slots=True)
class ClipOutput:
    """What is found at every cell of every scale of the key frame."""

    confidence_logit: Tensor
    """`(B, N)`."""
    action_logit: Tensor
    """`(B, N, A)`."""
    xyxy: Tensor
    """`(B, N, 4)`, input pixels."""
    centre: Tensor
    """`(N, 2)`, middle of each cell."""
    stride: Tensor
    """`(N,)`, size of each cell."""


def convolution(
    dims: int,
    in_channels: int,
    out_channels: int,
    kernel: int = 1,
    *,
    stride: int | tuple[int, int, int] = 1,
    groups: int = 1,
) -> list[nn.Module]:
    """Return a convolution of `dims` dimensions and its batch norm."""
    kinds: dict[int, tuple[Any, Any]] = {2: (nn.Conv2d, nn.BatchNorm2d), 3: (nn.Conv3d, nn.BatchNorm3d)}
    conv, norm = kinds[dims]
    return [
        conv(in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False),
        norm(out_channels),
    ]


class ShuffleUnit(nn.Module):
    """Half of the channels pass by, or with stride 2 go through a branch of their own; then all are mixed."""

    def __init__(self, dims: int, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        half = out_channels // 2
        entering = half if stride == 1 else in_channels
        self.aside: nn.Module | None = None
        if stride == 2:
            self.aside = nn.Sequential(
                *convolution(dims, in_channels, in_channels, 3, stride=2, groups=in_channels),
                *convolution(dims, in_channels, half),
                nn.ReLU(inplace=True),
            )
        self.main = nn.Sequential(
            *convolution(dims, entering, half),
            nn.ReLU(inplace=True),
            *convolution(dims, half, half, 3, stride=stride, groups=half),
            *convolution(dims, half, half),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return `(B, out_channels, ...)`."""
        aside, main = x.chunk(2, 1) if self.aside is None else (self.aside(x), x)
        joined = torch.cat([aside, self.main(main)], 1)
        halves = joined.view(len(x), 2, -1, *joined.shape[2:])
        return halves.transpose(1, 2).flatten(1, 2)


class ShuffleNet(nn.Module):
    """ShuffleNet V2 in two dimensions, or in three, where time is halved from the pooling on."""

    def __init__(self, dims: int) -> None:
        super().__init__()
        stride = (1, 2, 2) if dims == 3 else 2
        self.stem = nn.Sequential(*convolution(dims, 3, WIDTHS[0], 3, stride=stride), nn.ReLU(inplace=True))
        self.pool = {2: nn.MaxPool2d, 3: nn.MaxPool3d}[dims](3, 2, 1)
        self.stages = nn.ModuleList(
            nn.Sequential(
                ShuffleUnit(dims, before, after, stride=2),
                *[ShuffleUnit(dims, after, after, stride=1) for _ in range(depth - 1)],
            )
            for before, after, depth in zip(WIDTHS, WIDTHS[1:], DEPTHS, strict=False)
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the maps of strides 8, 16 and 32."""
        x = self.pool(self.stem(x))
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


def separable(channels: int) -> nn.Sequential:
    """Return a depthwise 3x3 and a pointwise convolution."""
    return nn.Sequential(
        *convolution(2, channels, channels, 3, groups=channels),
        nn.LeakyReLU(0.1, inplace=True),
        *convolution(2, channels, channels),
        nn.LeakyReLU(0.1, inplace=True),
    )


def tower(channels: int) -> nn.Sequential:
    """Return the two convolutions of a decoupled head."""
    return nn.Sequential(separable(channels), separable(channels))


class KeyFrameNetwork(nn.Module):
    """The 2-D half: features for actions and for boxes, apart, on three scales."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = ShuffleNet(2)
        self.laterals = nn.ModuleList(nn.Conv2d(width, HEAD_CHANNELS, 1) for width in WIDTHS[1:])
        self.smooths = nn.ModuleList(separable(HEAD_CHANNELS) for _ in STRIDES)
        self.act_towers = nn.ModuleList(tower(HEAD_CHANNELS) for _ in STRIDES)
        self.box_towers = nn.ModuleList(tower(HEAD_CHANNELS) for _ in STRIDES)

    def forward(self, key_B3HW: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the features for actions and for boxes of each scale, `(B, HEAD_CHANNELS, H, W)`."""
        maps = [lateral(x) for lateral, x in zip(self.laterals, self.backbone(key_B3HW), strict=True)]
        for finer in (1, 0):
            maps[finer] = maps[finer] + F.interpolate(maps[finer + 1], scale_factor=2.0)
        smooth = [layer(x) for layer, x in zip(self.smooths, maps, strict=True)]
        towers = zip(self.act_towers, self.box_towers, smooth, strict=True)
        return [(act(x), box(x)) for act, box, x in towers]


class ChannelAttention(nn.Module):
    """Every channel becomes a mixture of those that differ from it most, added with a learned weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return `(B, C, H, W)`."""
        flat = x_BCHW.flatten(2)
        likeness_BCC = flat @ flat.transpose(1, 2)
        share_BCC = (likeness_BCC.amax(-1, keepdim=True) - likeness_BCC).softmax(-1)
        return x_BCHW + self.weight * (share_BCC @ flat).view_as(x_BCHW)


def channel_encoder(in_channels: int) -> nn.Sequential:
    """Return what joins the features of key frame and clip."""
    width = HEAD_CHANNELS
    return nn.Sequential(
        *convolution(2, in_channels, width),
        nn.LeakyReLU(0.1, inplace=True),
        *convolution(2, width, width, 3),
        nn.LeakyReLU(0.1, inplace=True),
        ChannelAttention(),
        *convolution(2, width, width, 3),
        nn.LeakyReLU(0.1, inplace=True),
        nn.Dropout(0.1),
        nn.Conv2d(width, width, 1),
    )


class ScaleHead(nn.Module):
    """Joins both halves on one scale and reads confidence, actions and box of every cell."""

    def __init__(self, num_actions: int) -> None:
        super().__init__()
        joined, width = HEAD_CHANNELS + WIDTHS[-1], HEAD_CHANNELS
        self.act_encoder, self.box_encoder = channel_encoder(joined), channel_encoder(joined)
        self.act_tower, self.box_tower = tower(width), tower(width)
        self.confidence = nn.Conv2d(width, 1, 1)
        self.action = nn.Conv2d(width, num_actions, 1)
        self.box = nn.Conv2d(width, 4, 1)
        log_side = math.log(PRIOR_SIDE_CELLS)
        self.box.bias = nn.Parameter(torch.tensor([0.0, 0.0, log_side, log_side]))
        for layer in (self.confidence, self.action):
            nn.init.constant_(layer.bias, math.log(PRIOR_SCORE / (1 - PRIOR_SCORE)))  # type: ignore[arg-type]

    def forward(self, act: Tensor, box: Tensor, clip: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return confidence, actions and raw boxes, `(B, 1 | A | 4, H, W)`."""
        clip = F.interpolate(clip, size=act.shape[-2:])
        act = self.act_tower(self.act_encoder(torch.cat([act, clip], 1)))
        box = self.box_tower(self.box_encoder(torch.cat([box, clip], 1)))
        return self.confidence(box), self.action(act), self.box(box)


class ClipActionNetwork(nn.Module):
    """Clips in; persons of the last frame with boxes and actions out."""

    def __init__(self, num_actions: int) -> None:
        super().__init__()
        self.key_frame = KeyFrameNetwork()
        self.clip = ShuffleNet(3)
        self.heads = nn.ModuleList(ScaleHead(num_actions) for _ in STRIDES)

    def forward(self, pixels_BTHW3: Tensor) -> ClipOutput:
        """Return what is found in the last frame of each clip.

        Args:
            pixels_BTHW3: uint8 `(B, T, H, W, 3)`, RGB, sides multiples of 32.
        """
        clip_B3THW = (pixels_BTHW3.permute(0, 4, 1, 2, 3).float() - PIXEL_MEAN) / PIXEL_SCALE
        time_pooled = self.clip(clip_B3THW)[-1].mean(2)
        scales = self.key_frame(clip_B3THW[:, :, -1])
        found = [head(*features, time_pooled) for head, features in zip(self.heads, scales, strict=True)]
        grids = [cells(values[0].shape[-2:], stride) for values, stride in zip(found, STRIDES, strict=True)]
        centre = torch.cat([grid for grid, _ in grids]).to(clip_B3THW)
        stride = torch.cat([size for _, size in grids]).to(clip_B3THW)
        confidence, action, raw = (
            torch.cat([x.flatten(2).transpose(1, 2) for x in values], 1)
            for values in zip(*found, strict=True)
        )
        middle = centre + raw[..., :2] * stride[:, None]
        half = raw[..., 2:].clamp(max=6.0).exp() * stride[:, None] / 2
        boxes = torch.cat([middle - half, middle + half], -1)
        return ClipOutput(confidence[..., 0], action, boxes, centre, stride)


def cells(map_hw: torch.Size, stride: int) -> tuple[Tensor, Tensor]:
    """Return the centres `(N, 2)` and sizes `(N,)` of the cells of one scale, row by row."""
    y, x = torch.meshgrid(torch.arange(map_hw[0]), torch.arange(map_hw[1]), indexing="ij")
    centre = (torch.stack([x, y], -1).flatten(0, 1) + 0.5) * stride
    return centre, torch.full((len(centre),), float(stride))
